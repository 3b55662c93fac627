import type { ResilienceSettings } from '../../platform/dynamic/resilience-settings.js';

const windowSeconds = 10;
/** The current second is not over: one more than the window covers it wholly. */
const buckets = windowSeconds + 1;

const sum = (counts: Float64Array, from: number, length: number): number => {
  let total = 0;
  for (let back = 0; back < length; back++) total += counts[(from - back + buckets) % buckets] ?? 0;
  return total;
};

/**
 * Bounds the load that retries add, so that they do not keep down what fails: in any 10 s no more of them than a share of
 * the calls and a few more. Figures: https://linkerd.io/2/features/retries-and-timeouts/ and Finagle's RetryBudget.
 */
export class RetryBudget {
  readonly #calls = new Float64Array(buckets);
  readonly #retries = new Float64Array(buckets);
  #second: number;

  /** `now`: milliseconds that never go back. */
  constructor(
    public settings: ResilienceSettings['budget'],
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#second = this.#currentSecond();
  }

  countCall(): void {
    const bucket = this.#bucket();
    this.#calls[bucket] = (this.#calls[bucket] ?? 0) + 1;
  }

  /** Whole retries that may be claimed now. */
  get left(): number {
    return Math.max(0, Math.floor(this.#left(this.#bucket())));
  }

  /** Takes one retry, if there is one. */
  claim(): boolean {
    const bucket = this.#bucket();
    if (this.#left(bucket) < 1) return false;
    this.#retries[bucket] = (this.#retries[bucket] ?? 0) + 1;
    return true;
  }

  #left(bucket: number): number {
    const { ratio, perSecond } = this.settings;
    const allowed = ratio * sum(this.#calls, bucket, windowSeconds) + perSecond * windowSeconds;
    return allowed - sum(this.#retries, bucket, buckets);
  }

  #currentSecond(): number {
    return Math.floor(this.now() / 1_000);
  }

  /** Of the current second; forgets what was in the buckets that time has passed since. */
  #bucket(): number {
    const second = this.#currentSecond();
    const passed = Math.min(second - this.#second, buckets);
    for (let back = 0; back < passed; back++) {
      this.#calls[(second - back) % buckets] = 0;
      this.#retries[(second - back) % buckets] = 0;
    }
    this.#second = second;
    return second % buckets;
  }
}
