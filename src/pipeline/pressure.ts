import { ServiceUnavailable } from '../contract/built-in-failures.js';

/** What a process can have too much of; `calls`: under way at once. */
export const excesses = ['event_loop_delay', 'event_loop_utilization', 'heap', 'calls'] as const;
export type Excess = (typeof excesses)[number];

/** Whether this process has more to do than it can: better to refuse some calls at once than to be late for all. */
export abstract class Pressure {
  /** By excess, since the start of this process. */
  readonly refused: Record<Excess, number> = {
    event_loop_delay: 0,
    event_loop_utilization: 0,
    heap: 0,
    calls: 0,
  };
  /** Found in the background: a call reads two fields and measures nothing. */
  protected found: Excess | undefined = undefined;
  /** Calls under way at which more are refused. */
  protected mostCalls = Number.POSITIVE_INFINITY;

  /** What speaks against one more call beside the `running` ones. */
  excess(running: number): Excess | undefined {
    return this.found ?? (running < this.mostCalls ? undefined : 'calls');
  }

  /** Counts the refusal. */
  refuse(excess: Excess): ServiceUnavailable {
    this.refused[excess]++;
    return new ServiceUnavailable({ detail: 'This process has too much to do', retryAfterSeconds: 1 });
  }
}
