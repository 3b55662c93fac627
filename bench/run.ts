import { parseArgs } from 'node:util';
import { Child } from './child.js';
import { contenders } from './contenders.js';
import type { LocalCallCost } from './local-calls.js';
import { machine } from './machine.js';
import { contendersTable, shown, table } from './report.js';
import { type Plan, rounds } from './rounds.js';
import { StartUp } from './start-up.js';
import { spread } from './statistics.js';

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const { quick } = values;

const plan: Plan = quick ? { rounds: 3, seconds: 1, warmUpSeconds: 2 } : { rounds: 9, seconds: 3, warmUpSeconds: 6 };

const loads = [
  { connections: 100, pipelining: 10 },
  { connections: 50, pipelining: 1 },
];

async function compare(protocol: string): Promise<void> {
  for (const load of quick ? loads.slice(0, 1) : loads) {
    console.log(`\n## ${protocol}: ${load.connections} connections, ${load.pipelining} requests waiting on each\n`);
    console.log(contendersTable(await rounds(protocol, load, plan)));
  }
}

async function localCalls(): Promise<void> {
  console.log('\n## A call that no wire carries, microseconds of CPU\n');
  const rows: Record<string, string>[] = [];
  for (const count of [1, 100, 1_000]) {
    const args = [count, quick ? 5 : 15, quick ? 50_000 : 200_000].map(String);
    const { child, first } = await Child.start<object, never, LocalCallCost>('measure-local-calls.ts', args);
    await child.stop();
    rows.push({
      'operations declared': String(count),
      'bus.execute': shown(first.nested, 2),
      'whole pipeline': shown(first.edge, 2),
      'bus.execute, all in turn': shown(first.nestedInTurn, 2),
      'whole pipeline, all in turn': shown(first.edgeInTurn, 2),
    });
  }
  console.log(table(rows));
}

async function startUp(): Promise<void> {
  console.log('\n## Start of the monolith on embedded defaults, and its memory beside PostgreSQL\n');
  const monolith = await StartUp.prepare();
  try {
    const first = await monolith.start();
    const later = [];
    for (let start = 0; start < (quick ? 2 : 7); start++) later.push(await monolith.start());
    const npm = await monolith.npmStart();
    const memory = await monolith.memory(quick ? 3 : 20);
    console.log(
      table([
        { figure: 'first start, ms until ready', value: first.ready.toFixed(0) },
        { figure: 'later start, ms until ready', value: shown(spread(later.map(({ ready }) => ready)), 0) },
        { figure: '`npm start`, ms until ready', value: npm.toFixed(0) },
        { figure: 'RSS idle, MiB', value: shown(spread(later.map(({ rss }) => rss)), 0) },
        { figure: 'PSS idle, MiB', value: shown(spread(later.map(({ pss }) => pss)), 0) },
        { figure: 'RSS under load, MiB', value: memory.underLoad.toFixed(0) },
        { figure: 'RSS 5 s after the load, MiB', value: memory.afterLoad.toFixed(0) },
        { figure: 'GET /users/:id from PostgreSQL, requests/s', value: memory.requestsPerSecond.toFixed(0) },
      ]),
    );
  } finally {
    await monolith.remove();
  }
}

const suites: Readonly<Record<string, () => Promise<void>>> = {
  ...Object.fromEntries(Object.keys(contenders).map((protocol) => [protocol, () => compare(protocol)])),
  'local-calls': localCalls,
  'start-up': startUp,
};

const unknown = positionals.filter((name) => !(name in suites));
if (unknown.length > 0) throw new Error(`no suite ${unknown.join(', ')}; known: ${Object.keys(suites).join(', ')}`);
console.log(`${machine()}; medians with quartiles of ${plan.rounds} interleaved rounds of ${plan.seconds} s`);
for (const [name, run] of Object.entries(suites)) {
  if (positionals.length === 0 || positionals.includes(name)) await run();
}
