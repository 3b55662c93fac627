import { Injectable } from '@nestjs/common';
import { EmailTaken } from '../contract/index.js';
import { EmailAddress } from '../domain/email-address.js';
import { Accounts } from './accounts.js';
import { PasswordHasher } from './password-hasher.js';
import { Registration } from './registration.js';

export interface AdministratorCredentials {
  readonly email: string;
  readonly password: string;
}

@Injectable()
export class BootstrapAdministrator {
  constructor(
    private readonly accounts: Accounts,
    private readonly registration: Registration,
    private readonly passwordHasher: PasswordHasher,
  ) {}

  /** Promotes no existing user: addresses are not verified. Throws WeakPassword, EmailTaken. */
  async ensure({ email, password }: AdministratorCredentials): Promise<void> {
    if (await this.accounts.hasAdministrator()) return;
    try {
      await this.registration.register({ email, password, role: 'ADMIN' });
    } catch (error) {
      if (!(error instanceof EmailTaken)) throw error;
      if (await this.#isAdministrators(EmailAddress.of(email))) return;
      throw new EmailTaken({ detail: 'It is the address of a user. Choose one that nobody has', cause: error });
    }
  }

  async canSignIn({ email, password }: AdministratorCredentials): Promise<boolean> {
    const account = await this.accounts.findByEmail(EmailAddress.of(email));
    if (!account?.isActive || account.disabled || account.role !== 'ADMIN') return false;
    return (await this.passwordHasher.verify(password, account.passwordHash)).valid;
  }

  /** Also true while another process registers the administrator. */
  async #isAdministrators(email: EmailAddress): Promise<boolean> {
    return (await this.accounts.findByEmail(email))?.role === 'ADMIN';
  }
}
