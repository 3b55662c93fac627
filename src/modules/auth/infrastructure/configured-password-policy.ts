import { Inject, Injectable } from '@nestjs/common';
import { Configuration } from '../../../platform/config/configuration.js';
import { passwordFault } from '../../../platform/security/password-policy.js';
import { PasswordPolicy } from '../application/password-policy.js';

interface PasswordPolicySetting {
  readonly security: Pick<Configuration['security'], 'passwordPolicy'>;
}

@Injectable()
export class ConfiguredPasswordPolicy extends PasswordPolicy {
  constructor(@Inject(Configuration) private readonly configuration: PasswordPolicySetting) {
    super();
  }

  override fault(password: string): string | undefined {
    return passwordFault(password, this.configuration.security.passwordPolicy);
  }
}
