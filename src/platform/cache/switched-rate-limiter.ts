import { type RateDecision, RateLimiter, type RatePolicy } from '../../ports/rate-limiter.js';

export class SwitchedRateLimiter extends RateLimiter {
  constructor(
    readonly counting: RateLimiter,
    private readonly rates: { readonly value: { readonly enabled: boolean } },
  ) {
    super();
  }

  override consume(policy: RatePolicy, key: string): RateDecision | Promise<RateDecision> {
    return this.rates.value.enabled ? this.counting.consume(policy, key) : whole(policy);
  }

  override peek(policy: RatePolicy, key: string): RateDecision | Promise<RateDecision> {
    return this.rates.value.enabled ? this.counting.peek(policy, key) : whole(policy);
  }

  override giveBack(policy: RatePolicy, key: string): void | Promise<void> {
    return this.counting.giveBack(policy, key);
  }

  override reset(policy: RatePolicy, key: string): void | Promise<void> {
    return this.counting.reset(policy, key);
  }
}

const whole = ({ quota, windowSeconds }: RatePolicy): RateDecision => ({
  allowed: true,
  remaining: quota,
  resetSeconds: windowSeconds,
});
