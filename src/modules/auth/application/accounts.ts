import type { Account } from '../domain/account.js';
import type { EmailAddress } from '../domain/email-address.js';

export interface FoundAccounts {
  readonly accounts: readonly Account[];
  /** On all pages. */
  readonly total: number;
}

/** All accounts there are. No two have the same email address. */
export abstract class Accounts {
  abstract find(userId: string): Promise<Account | undefined>;
  abstract findByEmail(email: EmailAddress): Promise<Account | undefined>;
  /** Whether anybody is an active administrator, disabled or not. */
  abstract hasAdministrator(): Promise<boolean>;
  /** In a unit of work: like `find`, and nobody else changes this account until it ends. */
  abstract lock(userId: string): Promise<Account | undefined>;
  /** In a unit of work: like `findByEmail`, and nobody else changes this account until it ends. */
  abstract lockByEmail(email: EmailAddress): Promise<Account | undefined>;
  /** In a unit of work: those who can act as administrators, and nobody else changes their accounts until it ends. */
  abstract lockAdministrators(): Promise<readonly Account[]>;
  /** The active ones, disabled or not, the latest first. Pages count from 1. */
  abstract list(request: { readonly page: number; readonly limit: number }): Promise<FoundAccounts>;
  /** Neither active nor changed since `before`, the oldest first. */
  abstract findUnsettled(before: Date, limit: number): Promise<readonly Account[]>;
  /** False, and nothing is changed, if there is an account of this user or with this email address. */
  abstract add(account: Account): Promise<boolean>;
  /** Throws EmailTaken. */
  abstract save(account: Account): Promise<void>;
  /** In one step, of an account that is behind this version of its address: another one can have the address it had. */
  abstract releaseFormerEmail(userId: string, emailVersion: number): Promise<void>;
  abstract remove(userId: string): Promise<void>;
}
