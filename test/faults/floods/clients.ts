import { setTimeout as delay } from 'node:timers/promises';
import { Child } from '../../../bench/child.js';
import type { Target } from '../../../bench/target.js';
import { pinClient } from './cores.js';
import type { Flooded, FloodOrder } from './flooder.js';
import type { Others, OthersOrder } from './others.js';

export type Protocol = OthersOrder['protocol'];

/** Where to flood it, by what token, and whom else it serves. */
export interface Server {
  readonly pid: number;
  readonly targets: Readonly<Partial<Record<Protocol, Target>>>;
  /** Of one who floods it. */
  readonly floodToken: string;
}

export interface Flood {
  /** Of `floods`. */
  readonly flood: string;
  /** By which the others call. */
  readonly protocol: Protocol;
  readonly isSignedIn: boolean;
}

const perSecond = 100;

function targetOf({ targets }: Server, protocol: Protocol): Target {
  const target = targets[protocol];
  if (!target) throw new Error(`nothing serves ${protocol}`);
  return target;
}

const program = (name: string): URL => new URL(`./${name}.ts`, import.meta.url);

/** One process that floods, and one for all who call as they should. */
export class Clients {
  private constructor(
    private readonly flooder: Child<FloodOrder, Flooded>,
    private readonly others: Child<OthersOrder, Others>,
  ) {}

  static async start(): Promise<Clients> {
    const [{ child: flooder }, { child: others }] = await Promise.all([
      Child.start<FloodOrder, Flooded, object>(program('flooder'), []),
      Child.start<OthersOrder, Others, object>(program('others'), []),
    ]);
    for (const { pid } of [flooder, others]) pinClient(pid);
    return new Clients(flooder, others);
  }

  /** Latency of the others without a flood. */
  calm(server: Server, protocol: Protocol, seconds: number): Promise<Others> {
    return this.others.ask({ protocol, target: targetOf(server, protocol), seconds, pace: perSecond });
  }

  /** What they see under a flood, and what it came to. `pace`: of the others. */
  async flooded(
    server: Server,
    { flood, protocol, isSignedIn }: Flood,
    seconds: number,
    pace: OthersOrder['pace'] = perSecond,
  ): Promise<Others & { readonly sent: Flooded }> {
    const target = targetOf(server, protocol);
    const token = isSignedIn ? server.floodToken : undefined;
    const address = target.url.replace(/^\w+:\/\//, '');
    await this.flooder.ask({ begin: { flood, address, token, userId: target.userId } });
    const asked = this.others.ask({ protocol, target, seconds, pace });
    await delay(seconds * 1_000);
    const sent = await this.flooder.ask({ begin: null });
    return { ...(await asked), sent };
  }

  async stop(): Promise<void> {
    await Promise.all([this.flooder.stop(), this.others.stop()]);
  }
}
