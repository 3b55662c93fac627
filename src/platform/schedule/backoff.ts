import { setTimeout as delay } from 'node:timers/promises';

export interface Backoff {
  /** Upper bound of the first pause in milliseconds; doubles each time. */
  readonly baseMs: number;
  readonly maxMs: number;
}

/** Random between 0 and the bound, so that callers spread out. `attempt` counts from 1. */
export const fullJitter = ({ baseMs, maxMs }: Backoff, attempt: number): number =>
  Math.random() * Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 30));

export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => undefined);
