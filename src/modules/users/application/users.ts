import type { RowFilter } from '../../../ports/current-call.js';
import type { UserSort } from '../contract/index.js';
import type { User } from '../domain/user.js';

export interface UserQuery {
  /** Conditions on the fields of a user. */
  readonly rows: RowFilter;
  /** Part of an email address or a name, in any case. */
  readonly search?: string | undefined;
  readonly sort: UserSort;
  /** From 1. */
  readonly page: number;
  readonly limit: number;
}

export interface FoundUsers {
  readonly users: readonly User[];
  /** On all pages. */
  readonly total: number;
}

/** All users there are. No two have the same email address. */
export abstract class Users {
  abstract find(id: string): Promise<User | undefined>;
  /** Those there are, in no particular order. */
  abstract findAll(ids: readonly string[]): Promise<readonly User[]>;
  /** In a unit of work: like `find`, and nobody else changes this user until it ends. */
  abstract lock(id: string): Promise<User | undefined>;
  /** Users of equal rank are in the order of their ids; those without a name come last when sorted by it. */
  abstract search(query: UserQuery): Promise<FoundUsers>;
  /** False, and nothing is changed, if there is a user with this id or this email address. */
  abstract add(user: User): Promise<boolean>;
  /** Throws EmailTaken. */
  abstract save(user: User): Promise<void>;
  /** Whose account may still have a former address, those unchanged for longest first. */
  abstract findBehind(limit: number): Promise<readonly User[]>;
  /** The account has the address of this version: it is not behind, unless the address has changed again. */
  abstract accountFollowed(id: string, emailVersion: number): Promise<void>;
  /** Whether the user was there. */
  abstract remove(id: string): Promise<boolean>;
}
