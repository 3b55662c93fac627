import { Inject, Injectable } from '@nestjs/common';
import { Configuration } from '../../../platform/config/configuration.js';
import { passwordProblem } from '../../../platform/security/password-policy.js';
import { PasswordPolicy } from '../application/password-policy.js';

interface PasswordPolicySetting {
  readonly security: Pick<Configuration['security'], 'passwordPolicy'>;
}

@Injectable()
export class ConfiguredPasswordPolicy extends PasswordPolicy {
  constructor(@Inject(Configuration) private readonly configuration: PasswordPolicySetting) {
    super();
  }

  override problem(password: string): string | undefined {
    return passwordProblem(password, this.configuration.security.passwordPolicy);
  }
}
