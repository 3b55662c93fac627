import { type RateDecision, RateLimiter, type RatePolicy } from '../../ports/rate-limiter.js';

/** For RATE_LIMITS=off: counts nothing and allows everything. */
export class UnlimitedRateLimiter extends RateLimiter {
  override consume({ quota, windowSeconds }: RatePolicy): RateDecision {
    return { allowed: true, remaining: quota, resetSeconds: windowSeconds };
  }

  override peek(policy: RatePolicy): RateDecision {
    return this.consume(policy);
  }

  override reset(): void {}
}
