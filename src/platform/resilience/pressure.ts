import { monitorEventLoopDelay } from 'node:perf_hooks';
import { z } from 'zod';

export const pressureSettings = z.strictObject({
  /** Mean delay of the event loop above which this process refuses calls. */
  eventLoopDelayMs: z.int().min(1).max(60_000).default(250),
  /** Calls under way above which it refuses more. */
  inFlight: z.int().min(1).max(1_000_000).default(10_000),
  /** Time over which the delay is measured. */
  sampleMs: z.int().min(20).max(60_000).default(500),
});

export type PressureSettings = z.output<typeof pressureSettings>;
export type PressureChange = z.input<typeof pressureSettings>;

const resolutionMs = 10;

/**
 * Whether this process has more to do than it can: better to refuse some calls at once than to be late for all.
 * The measure is that of @fastify/under-pressure, which knows HTTP only.
 */
export class Pressure {
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs });
  #settings: PressureSettings;
  #timer: NodeJS.Timeout;
  #sampledAt = performance.now();
  #meanDelayMs = 0;

  /** `running`: calls under way now. */
  constructor(
    private readonly running: () => number,
    settings: PressureChange = {},
  ) {
    this.#settings = pressureSettings.parse(settings);
    this.#delay.enable();
    this.#timer = this.#startTimer();
  }

  /** Milliseconds that the event loop was late on average, as of the last sample. */
  get eventLoopDelayMs(): number {
    return this.#meanDelayMs;
  }

  overloaded(): boolean {
    return this.#meanDelayMs > this.#settings.eventLoopDelayMs || this.running() >= this.#settings.inFlight;
  }

  /** What it leaves out has its default again. Throws a ZodError, and changes nothing, where a value is not valid. */
  update(settings: PressureChange): void {
    this.#settings = pressureSettings.parse(settings);
    clearInterval(this.#timer);
    this.#timer = this.#startTimer();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#delay.disable();
  }

  #startTimer(): NodeJS.Timeout {
    this.#sampledAt = performance.now();
    return setInterval(() => this.#sample(), this.#settings.sampleMs).unref();
  }

  #sample(): void {
    const now = performance.now();
    const late = now - this.#sampledAt - this.#settings.sampleMs;
    const mean = this.#delay.count > 0 ? this.#delay.mean / 1e6 - resolutionMs : late;
    this.#meanDelayMs = Math.max(0, mean);
    this.#sampledAt = now;
    this.#delay.reset();
  }
}
