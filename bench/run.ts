import { parseArgs } from 'node:util';
import { capacity } from './capacity.js';
import { Child } from './child.js';
import { contenders } from './contenders.js';
import { deadlines } from './deadline.js';
import { failingDependency } from './failing-dependency.js';
import type { LocalCallCost } from './local-calls.js';
import { machine } from './machine.js';
import { processes } from './processes.js';
import { contendersTable, shown, table } from './report.js';
import { type Plan, rounds } from './rounds.js';
import { StartUp } from './start-up.js';
import { spread } from './statistics.js';
import { telemetryOutage } from './telemetry-outage.js';

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, seconds: { type: 'string' }, starts: { type: 'string' } },
  allowPositionals: true,
});
const { quick } = values;
/** Of an outage. */
const seconds = (usual: number, whenQuick: number): number => Number(values.seconds ?? (quick ? whenQuick : usual));

const plan: Plan = quick
  ? { starts: Number(values.starts ?? 1), rounds: 3, seconds: 1, warmUpSeconds: 4 }
  : { starts: Number(values.starts ?? 3), rounds: 4, seconds: 3, warmUpSeconds: 10 };

const oneProcess = [
  { connections: 100, pipelining: 10 },
  { connections: 50, pipelining: 1 },
];
/** The first keeps both processes busy, the second neither. */
const twoProcesses = [
  { connections: 100, pipelining: 1 },
  { connections: 10, pipelining: 1 },
];
const isSplit = (suite: string): boolean => suite === 'gateway' || suite === 'tracing';

async function compare(suite: string): Promise<void> {
  const loads = isSplit(suite) ? twoProcesses : oneProcess;
  for (const load of quick ? loads.slice(0, 1) : loads) {
    console.log(`\n## ${suite}: ${load.connections} connections, ${load.pipelining} requests waiting on each\n`);
    console.log(contendersTable(await rounds(suite, load, plan)));
  }
}

async function localCalls(): Promise<void> {
  console.log('\n## A call without a protocol, microseconds of CPU\n');
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

async function print(title: string, report: Promise<string>): Promise<void> {
  console.log(`\n## ${title}\n\n${await report}`);
}

const suites: Readonly<Record<string, () => Promise<void>>> = {
  ...Object.fromEntries(Object.keys(contenders).map((protocol) => [protocol, () => compare(protocol)])),
  'local-calls': localCalls,
  'start-up': startUp,
  processes: () => print('Each process of the split product, idle', processes(quick ? 2 : 7)),
  capacity: () => print('What a request costs each process of the split product', capacity(quick ? 2_000 : 20_000)),
  deadline: () => print('One deadline over four hops', deadlines(quick ? 5 : 50)),
  'failing-dependency': () =>
    print(
      'A dependency that fails',
      failingDependency({ seconds: seconds(60, 10), secondsBefore: Math.min(10, seconds(10, 3)) }),
    ),
  'telemetry-outage': () =>
    print('A collector that is gone', telemetryOutage({ seconds: seconds(600, 30), perSecond: 150 })),
};

const unknown = positionals.filter((name) => !(name in suites));
if (unknown.length > 0) throw new Error(`no suite ${unknown.join(', ')}; known: ${Object.keys(suites).join(', ')}`);
console.log(
  `${machine()}; medians with quartiles of ${plan.starts} x ${plan.rounds} interleaved rounds of ${plan.seconds} s`,
);
for (const [name, run] of Object.entries(suites)) {
  if (positionals.length === 0 || positionals.includes(name)) await run();
}
