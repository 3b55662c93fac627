import { Child } from './child.js';
import { contenders } from './contenders.js';
import type { LoadOrder } from './generate-load.js';
import type { Answered, LoadSettings } from './loads/load.js';
import type { Usage } from './serve.js';
import type { Target } from './target.js';

export interface Measured extends Answered {
  /** Of the server, microseconds a request. */
  readonly cpu: number;
  /** Of the server after the round, MiB. */
  readonly rss: number;
}

export interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

type Server = Child<object, Usage>;
type Client = Child<LoadOrder, Answered>;

interface Contender {
  readonly name: string;
  readonly server: Server;
  readonly target: Target;
}

async function start(protocol: string, name: string): Promise<Contender> {
  const { child, first } = await Child.start<object, Usage, Target>('serve.ts', [protocol, name]);
  return { name, server: child, target: first };
}

async function measure(client: Client, { server, target }: Contender, order: Omit<LoadOrder, 'target'>) {
  const before = await server.ask({});
  const answered = await client.ask({ ...order, target });
  const after = await server.ask({});
  return { ...answered, cpu: (after.cpu - before.cpu) / answered.requests, rss: after.rss };
}

/**
 * Rounds in which every contender is measured once, in turns, so that what the machine does meanwhile hits all alike.
 * Each has a process of its own and has been warmed up.
 */
export async function rounds(
  protocol: string,
  load: Omit<LoadSettings, 'seconds'>,
  { rounds: count, seconds, warmUpSeconds }: Plan,
): Promise<Map<string, Measured[]>> {
  const { child: client } = await Child.start<LoadOrder, Answered, object>('generate-load.ts', []);
  const running = await Promise.all(Object.keys(contenders[protocol] ?? {}).map((name) => start(protocol, name)));
  const measured = new Map<string, Measured[]>(running.map(({ name }) => [name, []]));
  try {
    for (let round = -1; round < count; round++) {
      const settings = { ...load, seconds: round < 0 ? warmUpSeconds : seconds };
      for (const contender of running) {
        const result = await measure(client, contender, { protocol, settings });
        if (result.failed > 0) throw new Error(`${protocol} ${contender.name}: ${result.failed} requests failed`);
        if (round >= 0) measured.get(contender.name)?.push(result);
      }
    }
  } finally {
    await Promise.all([client.stop(), ...running.map(({ server }) => server.stop())]);
  }
  return measured;
}
