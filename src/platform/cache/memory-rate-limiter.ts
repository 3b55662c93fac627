import { type RateDecision, RateLimiter, type RatePolicy } from '../../ports/rate-limiter.js';
import { RateWindows } from './rate-windows.js';

const DEFAULT_MAX_KEYS = 200_000;

/** Fixed windows, each from the first call of its key, in this process alone. Returns no promises. */
export class MemoryRateLimiter extends RateLimiter {
  readonly #windows = new Map<string, RateWindows>();
  readonly #opened = () => this.#countOpened();
  #untilSweep: number;

  /** `maxKeys`: beyond, the oldest are dropped. `now`: milliseconds of a monotonic clock. */
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
    const window = windows.find(key, now) ?? windows.open(key, now);
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

  #windowsOf(policy: RatePolicy): RateWindows {
    const lengthMs = policy.windowSeconds * 1000;
    const windows = this.#windows.get(policy.name);
    if (windows?.lengthMs === lengthMs) return windows;
    return this.#otherWindowsOf(windows === undefined ? policy.name : `${policy.name}/${lengthMs}`, lengthMs);
  }

  #otherWindowsOf(name: string, lengthMs: number): RateWindows {
    let windows = this.#windows.get(name);
    if (windows === undefined) {
      windows = new RateWindows(lengthMs, this.#opened);
      this.#windows.set(name, windows);
    }
    return windows;
  }

  /** Sweeps after many new keys, so that the bound costs nothing per call. */
  #countOpened(): void {
    this.#untilSweep--;
    if (this.#untilSweep > 0) return;
    this.#untilSweep = this.maxKeys / 2;
    const now = this.now();
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
