import type { RowFilter } from '../../../ports/current-call.js';
import type { UserSort } from '../contract/index.js';
import type { User } from '../domain/user.js';

export interface UserQuery {
  readonly rows: RowFilter;
  /** Part of an email address or name, case insensitive. */
  readonly search?: string | undefined;
  readonly sort: UserSort;
  readonly page: number;
  readonly limit: number;
}

export interface FoundUsers {
  readonly users: readonly User[];
  readonly total: number;
}

/** Email addresses are unique. `lock` needs a unit of work, and locks the row until its end. */
export abstract class Users {
  abstract find(id: string): Promise<User | undefined>;
  abstract findAll(ids: readonly string[]): Promise<readonly User[]>;
  abstract lock(id: string): Promise<User | undefined>;
  /** Ties are ordered by id. Users without a name sort last. */
  abstract search(query: UserQuery): Promise<FoundUsers>;
  /** False, without a change, when the id or the email address is taken. */
  abstract add(user: User): Promise<boolean>;
  /** Throws EmailTaken. */
  abstract save(user: User): Promise<void>;
  /** Users whose account may have an older address, least recently changed first. */
  abstract findBehind(limit: number): Promise<readonly User[]>;
  /** Records that the account has this version. Ignored when the address has changed again. */
  abstract accountFollowed(id: string, emailVersion: number): Promise<void>;
  abstract remove(id: string): Promise<boolean>;
}
