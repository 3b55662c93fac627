import { ServiceUnavailable } from '../contract/built-in-failures.js';

export const excesses = ['event_loop_delay', 'event_loop_utilization', 'heap', 'calls'] as const;
export type Excess = (typeof excesses)[number];

export abstract class Pressure {
  readonly refused: Record<Excess, number> = {
    event_loop_delay: 0,
    event_loop_utilization: 0,
    heap: 0,
    calls: 0,
  };
  /** Updated in the background: calls measure nothing. */
  protected found: Excess | undefined = undefined;
  protected mostCalls = Number.POSITIVE_INFINITY;

  excess(running: number): Excess | undefined {
    return this.found ?? (running < this.mostCalls ? undefined : 'calls');
  }

  refuse(excess: Excess): ServiceUnavailable {
    this.refused[excess]++;
    return new ServiceUnavailable({ detail: 'This process has too much to do', retryAfterSeconds: 1 });
  }
}
