import { type RateDecision, RateLimiter, type RatePolicy } from '../../ports/rate-limiter.js';
import { type RateWindow, RateWindows } from './rate-windows.js';

const DEFAULT_MAX_KEYS = 200_000;

/** Fixed windows, each from the first call of its key, in this process alone. Returns no promises. */
export class MemoryRateLimiter extends RateLimiter {
  readonly #windows = new Map<string, RateWindows>();
  #untilSweep: number;

  /** `maxKeys`: above it the oldest keys are dropped. `now`: milliseconds of a monotonic clock. */
  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly maxKeys = DEFAULT_MAX_KEYS,
  ) {
    super();
    this.#untilSweep = maxKeys / 2;
  }

  override consume(policy: RatePolicy, key: string): RateDecision {
    const now = this.now();
    const windows = this.#windowsOf(policy);
    const window = windows.find(key, now) ?? this.#open(windows, key, now);
    window.count++;
    return decision(policy, window.count, window.endsAt - now);
  }

  override peek(policy: RatePolicy, key: string): RateDecision {
    const now = this.now();
    const windows = this.#windowsOf(policy);
    const window = windows.find(key, now);
    return window === undefined
      ? decision(policy, 1, windows.lengthMs)
      : decision(policy, window.count + 1, window.endsAt - now);
  }

  override giveBack(policy: RatePolicy, key: string): void {
    const window = this.#windowsOf(policy).find(key, this.now());
    if (window !== undefined && window.count > 0) window.count--;
  }

  override reset(policy: RatePolicy, key: string): void {
    this.#windowsOf(policy).delete(key);
  }

  #windowsOf({ name, windowSeconds }: RatePolicy): RateWindows {
    const lengthMs = windowSeconds * 1000;
    const windows = this.#windows.get(name);
    if (windows?.lengthMs === lengthMs) return windows;
    const id = windows === undefined ? name : `${name}/${lengthMs}`;
    return this.#windows.getOrInsertComputed(id, () => new RateWindows(lengthMs));
  }

  /** Sweeps after many new keys, so that the bound costs nothing per call. */
  #open(windows: RateWindows, key: string, now: number): RateWindow {
    this.#untilSweep--;
    if (this.#untilSweep <= 0) this.#sweep(now);
    return windows.open(key, now);
  }

  #sweep(now: number): void {
    this.#untilSweep = this.maxKeys / 2;
    let keys = 0;
    for (const windows of this.#windows.values()) {
      windows.forgetEnded(now);
      keys += windows.size;
    }
    if (keys <= this.maxKeys / 2) return;
    for (const windows of this.#windows.values()) windows.forgetOld();
  }
}

export function decision({ quota }: RatePolicy, count: number, leftMs: number): RateDecision {
  return { allowed: count <= quota, remaining: Math.max(0, quota - count), resetSeconds: Math.ceil(leftMs / 1000) };
}
