import type { Clock } from '../../../ports/clock.js';
import type { UnitOfWork } from '../../../ports/unit-of-work.js';
import { EmailTaken } from '../contract/index.js';
import type { Account } from '../domain/account.js';
import { EmailAddress } from '../domain/email-address.js';
import type { Accounts } from './accounts.js';
import type { NewPasswords } from './new-passwords.js';
import type { Registration } from './registration.js';
import type { SignOuts } from './sign-outs.js';

export interface AdministratorCredentials {
  readonly email: string;
  readonly password: string;
}

/** Sees to it that the first platform administrator is there. */
export class BootstrapAdministrator {
  constructor(
    private readonly accounts: Accounts,
    private readonly registration: Registration,
    private readonly newPasswords: NewPasswords,
    private readonly signOuts: SignOuts,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Changes nothing for an account that is an administrator's already; any number of processes may ask at once.
   * Throws WeakPassword, and EmailTaken when the address is that of a user without an account.
   */
  async ensure({ email, password }: AdministratorCredentials): Promise<void> {
    const address = EmailAddress.of(email);
    const account = await this.accounts.findByEmail(address);
    if (account?.isActive) return this.#promote(account, password);
    try {
      await this.registration.register({ email, password, role: 'ADMIN' });
    } catch (error) {
      const another = error instanceof EmailTaken && (await this.accounts.findByEmail(address))?.role === 'ADMIN';
      if (!another) throw error;
    }
  }

  /** Anyone could have registered the address: the password they chose goes, and so do their sessions. */
  async #promote({ userId, role }: Account, password: string): Promise<void> {
    if (role === 'ADMIN') return;
    const passwordHash = await this.newPasswords.hash(password);
    await this.unitOfWork.run(async () => {
      const current = await this.accounts.lock(userId);
      if (!current?.isActive || current.role === 'ADMIN') return;
      const now = this.clock.now();
      await this.accounts.save(current.changePasswordHash(passwordHash, now).promote(now));
    });
    await this.signOuts.endAllOf(userId);
  }
}
