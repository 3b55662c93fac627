export interface Rate {
  readonly quota: number;
  readonly windowSeconds: number;
}

export interface RatePolicy extends Rate {
  readonly name: string;
}

export interface RateDecision {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Until the window ends, rounded up. */
  readonly resetSeconds: number;
}

export abstract class RateLimiter {
  abstract consume(policy: RatePolicy, key: string): RateDecision | Promise<RateDecision>;
  abstract peek(policy: RatePolicy, key: string): RateDecision | Promise<RateDecision>;
  abstract giveBack(policy: RatePolicy, key: string): void | Promise<void>;
  abstract reset(policy: RatePolicy, key: string): void | Promise<void>;
}
