import type { Account } from '../domain/account.js';
import type { EmailAddress } from '../domain/email-address.js';

export interface FoundAccounts {
  readonly accounts: readonly Account[];
  readonly total: number;
}

/** Email addresses are unique. `lock…` needs a unit of work, and locks the rows until its end. */
export abstract class Accounts {
  abstract find(userId: string): Promise<Account | undefined>;
  abstract findByEmail(email: EmailAddress): Promise<Account | undefined>;
  /** Active ones, enabled or disabled. */
  abstract hasAdministrator(): Promise<boolean>;
  abstract lock(userId: string): Promise<Account | undefined>;
  abstract lockByEmail(email: EmailAddress): Promise<Account | undefined>;
  /** The active and enabled ones. */
  abstract lockAdministrators(): Promise<readonly Account[]>;
  /** Active ones, enabled or disabled, newest first. Pages count from 1. */
  abstract list(request: { readonly page: number; readonly limit: number }): Promise<FoundAccounts>;
  /** Not active and unchanged since `before`, oldest first. */
  abstract findUnsettled(before: Date, limit: number): Promise<readonly Account[]>;
  /** False, without a change, when the user id or the email address is taken. */
  abstract add(account: Account): Promise<boolean>;
  /** Throws EmailTaken. */
  abstract save(account: Account): Promise<void>;
  /** In one statement: frees the address of an account whose version is older. */
  abstract releaseFormerEmail(userId: string, emailVersion: number): Promise<void>;
  abstract remove(userId: string): Promise<void>;
}
