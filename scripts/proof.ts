import { runVitest } from './suites/vitest.js';
import { closingLine, emptyTally, sum } from './tally.js';

interface Proof {
  readonly suite: string;
  /** What makes it the long form of what `.ci/run` runs. */
  readonly environment: Readonly<Record<string, string>>;
}

const proofs: Readonly<Record<string, Proof>> = {
  floods: { suite: 'test/faults/floods.test.ts', environment: { FLOOD_SECONDS: '60' } },
  schemathesis: { suite: 'test/foreign/schemathesis.test.ts', environment: { SCHEMATHESIS_EXAMPLES: '400' } },
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in proofs));
if (names.length === 0 || unknown.length > 0) {
  console.error(`usage: npm run proof -- NAME…, of ${Object.keys(proofs).join(', ')}`);
  process.exit(2);
}

let total = emptyTally;
for (const name of names) {
  const { suite, environment } = proofs[name] as Proof;
  Object.assign(process.env, environment);
  const { tally, green } = await runVitest([suite, '--no-file-parallelism']);
  total = sum([total, green || tally.failed > 0 ? tally : { ...tally, failed: 1 }]);
}
console.log(`\n${closingLine(total)}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
