import { Injectable } from '@nestjs/common';
import { CurrentCall } from '../../../ports/current-call.js';
import { type RateDecision, RateLimiter, type RatePolicy } from '../../../ports/rate-limiter.js';
import { TooManyAttempts } from '../contract/index.js';
import type { EmailAddress } from '../domain/email-address.js';
import { AuthSettings } from './auth-settings.js';

type Counter = readonly [policy: RatePolicy, key: string];

/** Counts failed sign-ins by the account and by the network they came from. */
@Injectable()
export class LoginThrottle {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly settings: AuthSettings,
    private readonly call: CurrentCall,
  ) {}

  /** Before anything is spent on an attempt. Throws TooManyAttempts. */
  async refuseTooMany(email: EmailAddress): Promise<void> {
    for (const [policy, key] of this.#counters(email)) refuseExcess(await this.limiter.peek(policy, key));
  }

  /** Counts an attempt as a failure before anybody knows whether it is one. Throws TooManyAttempts. */
  async count(email: EmailAddress): Promise<void> {
    for (const [policy, key] of this.#counters(email)) refuseExcess(await this.limiter.consume(policy, key));
  }

  /**
   * The attempt that was counted last is none, and the account starts afresh. The network keeps the rest of its
   * count: one good password must not pay for guesses at others.
   */
  async forgetFailures(email: EmailAddress): Promise<void> {
    await this.limiter.reset(this.settings.failuresOfAccount, email.value);
    await this.limiter.giveBack(this.settings.failuresFromAddress, this.call.network);
  }

  /** A network that is over its quota takes nothing from that of an account. */
  #counters(email: EmailAddress): readonly Counter[] {
    return [
      [this.settings.failuresFromAddress, this.call.network],
      [this.settings.failuresOfAccount, email.value],
    ];
  }
}

function refuseExcess({ allowed, resetSeconds }: RateDecision): void {
  if (!allowed) throw new TooManyAttempts({ retryAfterSeconds: Math.max(1, resetSeconds) });
}
