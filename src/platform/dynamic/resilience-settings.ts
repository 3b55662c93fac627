import { z } from 'zod';
import { isObject } from '../../contract/json-codec.js';

const milliseconds = (least = 1) => z.int().min(least).max(3_600_000);

export const resilienceSettings = z.strictObject({
  /** Of the whole call with its retries; the caller's deadline may be shorter. */
  timeoutMs: milliseconds().default(10_000),
  concurrency: z.int().min(1).max(1_000_000).default(1_000),
  retry: z
    .strictObject({
      /** Includes the first call: 1 means no retry. */
      attempts: z.int().min(1).max(3).default(3),
      baseMs: milliseconds().default(25),
      maxMs: milliseconds().default(1_000),
      /** Then another instance is tried, if a retry is allowed. */
      attemptTimeoutMs: milliseconds().default(1_000),
    })
    .prefault({}),
  /** Retries in any 10 s: `ratio` of the calls, plus `perSecond`. */
  budget: z
    .strictObject({ ratio: z.number().min(0).max(1).default(0.2), perSecond: z.int().min(0).max(10_000).default(10) })
    .prefault({}),
  breaker: z
    .strictObject({
      /** Share of failed calls in the window that opens the circuit. */
      failurePercent: z.number().min(1).max(100).default(50),
      windowMs: milliseconds(100).default(2_000),
      /** With fewer calls in the window, this many failures in a row open it. */
      volume: z.int().min(1).max(10_000).default(5),
      /** Until an open circuit lets one call through. */
      resetMs: milliseconds(10).default(1_000),
    })
    .prefault({}),
  ejection: z
    .strictObject({
      failures: z.int().min(1).max(1_000).default(5),
      /** Multiplied by the number of ejections, up to `maxMs`. */
      baseMs: milliseconds().default(30_000),
      maxMs: milliseconds().default(300_000),
    })
    .prefault({}),
  /** A missed deadline counts only after this time: otherwise callers with short deadlines could open the circuit. */
  fairMs: milliseconds(0).default(500),
});

export type ResilienceSettings = z.output<typeof resilienceSettings>;

export type ResilienceChange = z.input<typeof resilienceSettings>;

export const mergeSettings = (...changes: readonly ResilienceChange[]): ResilienceSettings =>
  resilienceSettings.parse(changes.reduce<unknown>(merge, {}));

/** Merges JSON objects at any depth; otherwise `stronger` replaces `weaker`. */
export function merge(weaker: unknown, stronger: unknown): unknown {
  if (!isObject(weaker) || !isObject(stronger)) return stronger;
  const changed = Object.entries(stronger).map(([key, value]) => [key, merge(weaker[key], value)] as const);
  return { ...weaker, ...Object.fromEntries(changed) };
}
