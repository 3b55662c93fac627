/** `quota` calls in each window of `windowSeconds`. */
export interface RatePolicy {
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds: number;
}

export interface RateDecision {
  readonly allowed: boolean;
  /** Calls left in this window. */
  readonly remaining: number;
  /** Seconds until the window ends, rounded up. */
  readonly resetSeconds: number;
}

/** Counts calls by policy and key. An answer without a promise costs the hot path no turn of the event loop. */
export abstract class RateLimiter {
  /** Takes one from the quota. */
  abstract consume(policy: RatePolicy, key: string): RateDecision | Promise<RateDecision>;
  /** Tells what `consume` would, and takes nothing. */
  abstract peek(policy: RatePolicy, key: string): RateDecision | Promise<RateDecision>;
  /** Gives one back that was taken. */
  abstract giveBack(policy: RatePolicy, key: string): void | Promise<void>;
  /** Gives the whole quota back. */
  abstract reset(policy: RatePolicy, key: string): void | Promise<void>;
}
