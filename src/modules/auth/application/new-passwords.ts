import { Injectable } from '@nestjs/common';
import { WeakPassword } from '../contract/index.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';

@Injectable()
export class NewPasswords {
  constructor(
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
  ) {}

  async hash(password: string): Promise<string> {
    const problem = this.policy.problem(password);
    if (problem === undefined) return this.hasher.hash(password);
    const message = `The password ${problem}`;
    throw new WeakPassword({ detail: message, issues: [{ path: '/password', code: 'custom', message }] });
  }
}
