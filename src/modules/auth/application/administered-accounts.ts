import { Injectable } from '@nestjs/common';
import { AccountNotFound, LastAdministrator } from '../contract/index.js';
import type { Account } from '../domain/account.js';
import { Accounts } from './accounts.js';

/** Changes by administrators: one of them must remain. */
@Injectable()
export class AdministeredAccounts {
  constructor(private readonly accounts: Accounts) {}

  /** Inside a unit of work. Throws AccountNotFound, LastAdministrator. */
  async change(userId: string, change: (account: Account) => Account): Promise<Account> {
    // Locked before the account: when two administrators demote each other, the second sees who remains.
    const administrators = await this.accounts.lockAdministrators();
    const account = await this.accounts.lock(userId);
    if (!account?.isActive) throw new AccountNotFound();
    const changed = change(account);
    if (changed === account) return account;
    const isLast = administrators.every((administrator) => administrator.userId === userId);
    if (account.isAdministrator && !changed.isAdministrator && isLast) throw new LastAdministrator();
    await this.accounts.save(changed);
    return changed;
  }
}
