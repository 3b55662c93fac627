import { Injectable } from '@nestjs/common';
import { AccountNotFound, LastAdministrator } from '../contract/index.js';
import type { Account } from '../domain/account.js';
import { Accounts } from './accounts.js';

/** Accounts as administrators change them: at least one administrator stays. */
@Injectable()
export class AdministeredAccounts {
  constructor(private readonly accounts: Accounts) {}

  /**
   * In a unit of work: saves what `change` makes of the account and gives it. Throws AccountNotFound, and
   * LastAdministrator when nobody else could act as one afterwards.
   */
  async change(userId: string, change: (account: Account) => Account): Promise<Account> {
    // Before the account itself: of two administrators who demote each other at once the later one finds who is left.
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
