import type { Configuration } from '../../../platform/config/configuration.js';
import { AuthSettings } from '../application/auth-settings.js';

export class ConfiguredAuthSettings extends AuthSettings {
  override readonly sessionSeconds;
  override readonly failuresOfAccount;
  override readonly failuresFromAddress;

  constructor({ security, limits }: Pick<Configuration, 'security' | 'limits'>) {
    super();
    this.sessionSeconds = security.tokens.refreshTokenSeconds;
    this.failuresOfAccount = { name: 'login', ...limits.rates.login };
    this.failuresFromAddress = { name: 'login-address', ...limits.rates.loginAddress };
  }
}
