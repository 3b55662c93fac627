import { type PasswordPolicyName, passwordFault } from '../../../platform/security/password-policy.js';
import { PasswordPolicy } from '../application/password-policy.js';

export class ConfiguredPasswordPolicy extends PasswordPolicy {
  constructor(private readonly name: PasswordPolicyName) {
    super();
  }

  override fault(password: string): string | undefined {
    return passwordFault(password, this.name);
  }
}
