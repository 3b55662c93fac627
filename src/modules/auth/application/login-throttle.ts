import { Injectable } from '@nestjs/common';
import { CurrentCall } from '../../../ports/current-call.js';
import { type RateDecision, RateLimiter, type RatePolicy } from '../../../ports/rate-limiter.js';
import { TooManyAttempts } from '../contract/index.js';
import type { EmailAddress } from '../domain/email-address.js';
import { AuthSettings } from './auth-settings.js';

type Counter = readonly [policy: RatePolicy, key: string];

@Injectable()
export class LoginThrottle {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly settings: AuthSettings,
    private readonly call: CurrentCall,
  ) {}

  /** Checked before the costly work. Throws TooManyAttempts. */
  async refuseTooMany(email: EmailAddress): Promise<void> {
    for (const [policy, key] of this.#counters(email)) refuseExcess(await this.limiter.peek(policy, key));
  }

  /** Counts the attempt as a failure before its result is known. Throws TooManyAttempts. */
  async count(email: EmailAddress): Promise<void> {
    for (const [policy, key] of this.#counters(email)) refuseExcess(await this.limiter.consume(policy, key));
  }

  /** The network gets back only this attempt: one known password must not allow more guesses at others. */
  async forgetFailures(email: EmailAddress): Promise<void> {
    await this.limiter.reset(this.settings.failuresOfAccount, email.value);
    await this.limiter.giveBack(this.settings.failuresFromAddress, this.call.network);
  }

  /** Network first: one that is over its quota uses up nothing of the account's. */
  #counters(email: EmailAddress): readonly Counter[] {
    if (!this.settings.limitsFailures) return [];
    return [
      [this.settings.failuresFromAddress, this.call.network],
      [this.settings.failuresOfAccount, email.value],
    ];
  }
}

function refuseExcess({ allowed, resetSeconds }: RateDecision): void {
  if (!allowed) throw new TooManyAttempts({ retryAfterSeconds: Math.max(1, resetSeconds) });
}
