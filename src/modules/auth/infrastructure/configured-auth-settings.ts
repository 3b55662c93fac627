import { Inject, Injectable } from '@nestjs/common';
import { Configuration } from '../../../platform/config/configuration.js';
import { CurrentRates } from '../../../platform/config/rates.js';
import type { RatePolicy } from '../../../ports/rate-limiter.js';
import { AuthSettings } from '../application/auth-settings.js';

@Injectable()
export class ConfiguredAuthSettings extends AuthSettings {
  override readonly sessionSeconds;

  constructor(
    @Inject(Configuration) { security }: Pick<Configuration, 'security'>,
    private readonly rates: CurrentRates,
  ) {
    super();
    this.sessionSeconds = security.tokens.refreshTokenSeconds;
  }

  override get limitsFailures(): boolean {
    return this.rates.value.enabled;
  }

  override get failuresOfAccount(): RatePolicy {
    return { name: 'login', ...this.rates.value.login };
  }

  override get failuresFromAddress(): RatePolicy {
    return { name: 'login-address', ...this.rates.value.loginAddress };
  }
}
