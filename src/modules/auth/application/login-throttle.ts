import type { CurrentCall } from '../../../ports/current-call.js';
import type { RateLimiter, RatePolicy } from '../../../ports/rate-limiter.js';
import { TooManyAttempts } from '../contract/index.js';
import type { EmailAddress } from '../domain/email-address.js';
import type { AuthSettings } from './auth-settings.js';

type Counter = readonly [policy: RatePolicy, key: string];

/** Counts failed sign-ins by the account and by the network address they came from. */
export class LoginThrottle {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly settings: AuthSettings,
    private readonly call: CurrentCall,
  ) {}

  /** Throws TooManyAttempts. */
  async refuseTooMany(email: EmailAddress): Promise<void> {
    for (const [policy, key] of this.#counters(email)) {
      const { allowed, resetSeconds } = await this.limiter.peek(policy, key);
      if (!allowed) throw new TooManyAttempts({ retryAfterSeconds: Math.max(1, resetSeconds) });
    }
  }

  async countFailure(email: EmailAddress): Promise<void> {
    for (const [policy, key] of this.#counters(email)) await this.limiter.consume(policy, key);
  }

  /** The network address keeps its count: one good password must not pay for guesses at others. */
  async forgetFailures(email: EmailAddress): Promise<void> {
    await this.limiter.reset(this.settings.failuresOfAccount, email.value);
  }

  #counters(email: EmailAddress): readonly Counter[] {
    return [
      [this.settings.failuresOfAccount, email.value],
      [this.settings.failuresFromAddress, this.call.address],
    ];
  }
}
