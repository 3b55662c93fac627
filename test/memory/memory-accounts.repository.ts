import { Accounts, type FoundAccounts } from '../../src/modules/auth/application/accounts.js';
import { EmailTaken } from '../../src/modules/auth/contract/index.js';
import { Account } from '../../src/modules/auth/domain/account.js';
import { EmailAddress } from '../../src/modules/auth/domain/email-address.js';
import { DuplicateValue, MemoryStore } from './memory-store.js';

/** Accounts in this process. */
export class MemoryAccounts extends Accounts {
  readonly #accounts = new MemoryStore<Account>({
    key: ({ userId }) => userId,
    unique: { email: ({ email }) => email.value },
  });

  override async find(userId: string): Promise<Account | undefined> {
    return this.#accounts.get(userId);
  }

  override async findByEmail(email: EmailAddress): Promise<Account | undefined> {
    return this.#accounts.find('email', email.value);
  }

  override async hasAdministrator(): Promise<boolean> {
    return this.#accounts.values().some(({ isActive, role }) => isActive && role === 'ADMIN');
  }

  override lock(userId: string): Promise<Account | undefined> {
    return this.find(userId);
  }

  override lockByEmail(email: EmailAddress): Promise<Account | undefined> {
    return this.findByEmail(email);
  }

  /** Writes them as they are: a unit of work that wrote the same as another runs again. */
  override async lockAdministrators(): Promise<readonly Account[]> {
    const administrators = this.#accounts.values().filter(({ isAdministrator }) => isAdministrator);
    for (const account of administrators) this.#accounts.put(account);
    return administrators;
  }

  override async list({ page, limit }: { page: number; limit: number }): Promise<FoundAccounts> {
    const active = this.#accounts.values().filter(({ isActive }) => isActive);
    active.sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime() || byUserId(other, one));
    return { accounts: active.slice((page - 1) * limit, page * limit), total: active.length };
  }

  override async findUnsettled(before: Date, limit: number): Promise<readonly Account[]> {
    const unsettled = this.#accounts.values().filter(({ isActive, updatedAt }) => !isActive && updatedAt < before);
    return unsettled.sort((one, other) => one.updatedAt.getTime() - other.updatedAt.getTime()).slice(0, limit);
  }

  override async add(account: Account): Promise<boolean> {
    if (this.#accounts.get(account.userId) || this.#accounts.find('email', account.email.value)) return false;
    this.#accounts.put(account);
    return true;
  }

  override async save(account: Account): Promise<void> {
    try {
      this.#accounts.put(account);
    } catch (error) {
      throw error instanceof DuplicateValue ? new EmailTaken() : error;
    }
  }

  override async releaseFormerEmail(userId: string, emailVersion: number): Promise<void> {
    const account = this.#accounts.get(userId);
    if (account?.isBehind(emailVersion))
      this.#accounts.put(new Account({ ...account, email: EmailAddress.released(userId) }));
  }

  override async remove(userId: string): Promise<void> {
    this.#accounts.delete(userId);
  }
}

const byUserId = ({ userId: one }: Account, { userId: other }: Account): number =>
  one < other ? -1 : one > other ? 1 : 0;
