import { z } from 'zod';

const share = () => z.number().min(0).max(1);

/** Limits beyond which calls are refused; 0 is none. */
export const pressureSettings = z.strictObject({
  /** Mean delay of the event loop. */
  eventLoopDelayMs: z.int().min(0).max(60_000).default(1_000),
  eventLoopUtilization: share().default(0),
  /** Share of V8's heap limit. */
  heap: share().default(0),
  calls: z.int().min(0).max(1_000_000).default(10_000),
});

export type PressureSettings = z.output<typeof pressureSettings>;

export type PressureChange = z.input<typeof pressureSettings>;
