import { Child } from './child.js';
import { contenders } from './contenders.js';
import type { LoadOrder } from './generate-load.js';
import type { Answered, LoadSettings } from './loads/load.js';
import { cpuOf, memoryOf, sum } from './machine.js';
import type { Target } from './target.js';

export interface Measured extends Answered {
  /** Of the server, all its processes, microseconds a request. */
  readonly cpu: number;
  /** Of each of them, the one that gets the requests. */
  readonly cpus: readonly number[];
  /** Of all of them after the round, MiB. */
  readonly rss: number;
}

export interface Plan {
  /** Times that all processes are started anew: what V8 decides about one differs from start to start. */
  readonly starts: number;
  /** In each of them. */
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/** By contender, in the order of the rounds. */
export type Results = Map<string, Measured[]>;

type Client = Child<LoadOrder, Answered>;

interface Contender {
  readonly name: string;
  readonly server: Child<never, never>;
  readonly target: Target;
}

async function start(suite: string, name: string): Promise<Contender> {
  const { child, first } = await Child.start<never, never, Target>('serve.ts', [suite, name]);
  return { name, server: child, target: first };
}

async function startAll(suite: string): Promise<readonly Contender[]> {
  return Promise.all(Object.keys(contenders[suite] ?? {}).map((name) => start(suite, name)));
}

const processesOf = ({ server, target }: Contender): readonly number[] => [server.pid, ...(target.processes ?? [])];

async function measure(client: Client, contender: Contender, order: Omit<LoadOrder, 'target'>): Promise<Measured> {
  const processes = processesOf(contender);
  const before = processes.map(cpuOf);
  const answered = await client.ask({ ...order, target: contender.target });
  const cpus = processes.map((pid, index) => (cpuOf(pid) - (before[index] ?? 0)) / answered.requests);
  return { ...answered, cpu: sum(cpus), cpus, rss: sum(processes.map((pid) => memoryOf(pid).rss)) };
}

/**
 * Rounds in which every contender is measured once, in turns, so that what the machine does meanwhile hits all alike.
 * Each has a process of its own and has been warmed up.
 */
export async function rounds(suite: string, load: Omit<LoadSettings, 'seconds'>, plan: Plan): Promise<Results> {
  const results: Results = new Map();
  for (let start = 0; start < plan.starts; start++) await oneStart(suite, load, plan, results);
  return results;
}

async function oneStart(
  suite: string,
  load: Omit<LoadSettings, 'seconds'>,
  { rounds: count, seconds, warmUpSeconds }: Plan,
  results: Results,
): Promise<void> {
  const { child: client } = await Child.start<LoadOrder, Answered, object>('generate-load.ts', []);
  const running = await startAll(suite);
  try {
    for (let round = -1; round < count; round++) {
      const settings = { ...load, seconds: round < 0 ? warmUpSeconds : seconds };
      for (const contender of running) {
        const result = await measure(client, contender, { suite, settings });
        if (result.failed > 0) throw new Error(`${suite} ${contender.name}: ${result.failed} requests failed`);
        if (round >= 0) results.set(contender.name, [...(results.get(contender.name) ?? []), result]);
      }
    }
  } finally {
    await Promise.all([client.stop(), ...running.map(({ server }) => server.stop())]);
  }
}
