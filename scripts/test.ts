import { availableParallelism } from 'node:os';
import type { Gate } from './gates/gate.js';
import { gates } from './gates/gates.js';
import { faultSuites, realSuites, serverVariables, withoutFaults } from './suites/real-suites.js';
import { runVitest } from './suites/vitest.js';
import { closingLine, emptyTally, sum, type Tally } from './tally.js';

const passed: Tally = { ...emptyTally, passed: 1 };
const failed: Tally = { ...emptyTally, failed: 1 };
const skipped: Tally = { ...emptyTally, skipped: 1 };

async function report(gate: Gate): Promise<Tally> {
  const start = performance.now();
  const verdict = await gate.run().catch((error) => ({ passed: false, output: String(error) }));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (verdict.passed) {
    console.log(`ok      ${gate.name} (${seconds} s)`);
    return passed;
  }
  console.log(`FAILED  ${gate.name} (${seconds} s)\n\n${verdict.output}\n\nTo fix it: ${gate.fix}\n`);
  return failed;
}

async function runGates(): Promise<Tally> {
  const waiting = [...gates];
  const tallies: Tally[] = [];
  const lane = async () => {
    for (let gate = waiting.shift(); gate; gate = waiting.shift()) tallies.push(await report(gate));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return sum(tallies);
}

/** One more test for what vitest fails without a failing test: the coverage floor, an error outside any test. */
function coverageGate(suites: Tally, green: boolean): Tally {
  if (suites.failed > 0) return skipped;
  if (green) return passed;
  console.log(
    'FAILED  coverage\n\nTo fix it: test what coverage/index.html shows in red; an error outside a test is named above.',
  );
  return failed;
}

async function everything(): Promise<Tally> {
  const gateTally = await runGates();
  process.env.CONFORMANCE = 'sample';
  const { tally, green } = await runVitest(['--coverage', ...withoutFaults]);
  if (tally.passed + tally.failed === 0) return { ...gateTally, failed: gateTally.failed + 1 };
  return sum([gateTally, tally, coverageGate(tally, green)]);
}

async function againstRealServers(): Promise<Tally> {
  const missing = serverVariables.filter((name) => !process.env[name]);
  if (missing.length > 0) console.log(`Not set, so their suites are skipped: ${missing.join(', ')}`);
  return sum([await runSuites(realSuites()), await runSuites(faultSuites(), ['--no-file-parallelism'])]);
}

async function runSuites(files: readonly string[], args: readonly string[] = []): Promise<Tally> {
  if (files.length === 0) return emptyTally;
  const { tally, green } = await runVitest([...files, ...args]);
  return green || tally.failed > 0 ? tally : sum([tally, failed]);
}

/** The suites whose path contains one of `paths`. */
async function named(paths: readonly string[]): Promise<Tally> {
  console.log(`Only the suites that match ${paths.join(', ')}; \`npm test\` alone runs everything.`);
  return runSuites(paths);
}

const parts: Record<string, () => Promise<Tally>> = { '--real': againstRealServers, '--gates': runGates };
const [first, ...rest] = process.argv.slice(2);
const part = first === undefined ? everything : (parts[first] ?? (() => named([first, ...rest])));
const total = await part();
if (total.passed + total.failed === 0) console.log('No test ran.');
console.log(`\n${closingLine(total)}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
