import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nothing, sum, type Tally } from '../tally.js';

interface Results {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

export interface SuitesOutcome {
  readonly tally: Tally;
  /** False also when no single test failed: coverage below the floor, an error outside a test. */
  readonly green: boolean;
}

const limitMs = 15 * 60_000;
const resultsFile = join(tmpdir(), `test-results-${process.pid}.json`);

function tallyOf(status: string): Tally {
  if (status === 'passed') return { ...nothing, passed: 1 };
  return status === 'failed' ? { ...nothing, failed: 1 } : { ...nothing, skipped: 1 };
}

/** A file that could not be loaded has no test in the report and still counts as one failure. */
function tallyOfReport({ testResults }: Results): Tally {
  return sum(
    testResults.map(({ status, assertionResults }) => {
      const tally = sum(assertionResults.map((result) => tallyOf(result.status)));
      return status === 'failed' && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
    }),
  );
}

function readTally(): Tally {
  try {
    return tallyOfReport(JSON.parse(readFileSync(resultsFile, 'utf8')) as Results);
  } catch {
    return nothing;
  }
}

/** Runs vitest on this terminal and counts from its report; `args` are added to its command line. */
export async function runVitest(args: readonly string[]): Promise<SuitesOutcome> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultsFile}`];
  const command = ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args];
  const env = process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'inherit', 'inherit'], timeout: limitMs });
  const [code, signal] = await once(child, 'close');
  if (signal) console.log(`FAILED  the suites were ended by ${signal}; they have ${limitMs / 60_000} minutes`);
  const tally = readTally();
  rmSync(resultsFile, { force: true });
  return { tally, green: code === 0 };
}
