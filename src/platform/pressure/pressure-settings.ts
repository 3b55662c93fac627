import { z } from 'zod';

const share = () => z.number().min(0).max(1);

/** Where this process begins to refuse calls. 0 is no limit. */
export const pressureSettings = z.strictObject({
  /** Milliseconds that the event loop is late, on average. */
  eventLoopDelayMs: z.int().min(0).max(60_000).default(1_000),
  /** Share of the time that the event loop has something to do. */
  eventLoopUtilization: share().default(0),
  /** Share of what V8 lets the heap grow to. */
  heap: share().default(0),
  calls: z.int().min(0).max(1_000_000).default(10_000),
});

export type PressureSettings = z.output<typeof pressureSettings>;

export type PressureChange = z.input<typeof pressureSettings>;
