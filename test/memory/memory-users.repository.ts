import { type FoundUsers, type UserQuery, Users } from '../../src/modules/users/application/users.js';
import { EmailTaken, type UserSort } from '../../src/modules/users/contract/index.js';
import { User } from '../../src/modules/users/domain/user.js';
import type { RowFilter } from '../../src/ports/current-call.js';
import { DuplicateValue, MemoryStore } from './memory-store.js';

/** Users in this process. */
export class MemoryUsers extends Users {
  readonly #users = new MemoryStore<User>({ key: ({ id }) => id, unique: { email: ({ email }) => email.value } });

  override async find(id: string): Promise<User | undefined> {
    return this.#users.get(id);
  }

  override async findAll(ids: readonly string[]): Promise<readonly User[]> {
    return [...new Set(ids)].flatMap((id) => this.#users.get(id) ?? []);
  }

  override async lock(id: string): Promise<User | undefined> {
    return this.#users.get(id);
  }

  override async search({ rows, search, sort, page, limit }: UserQuery): Promise<FoundUsers> {
    const found = this.#users.values().filter((user) => isVisible(user, rows) && mentions(user, search));
    found.sort((one, other) => orders[sort](one, other) || compare(one.id, other.id));
    return { users: found.slice((page - 1) * limit, page * limit), total: found.length };
  }

  override async add(user: User): Promise<boolean> {
    if (this.#users.get(user.id) || this.#users.find('email', user.email.value)) return false;
    this.#users.put(user);
    return true;
  }

  override async save(user: User): Promise<void> {
    try {
      this.#users.put(user);
    } catch (error) {
      throw error instanceof DuplicateValue ? new EmailTaken() : error;
    }
  }

  override async findBehind(limit: number): Promise<readonly User[]> {
    const behind = this.#users.values().filter(({ accountBehind }) => accountBehind);
    return behind.sort((one, other) => compare(one.updatedAt.getTime(), other.updatedAt.getTime())).slice(0, limit);
  }

  override async accountFollowed(id: string, emailVersion: number): Promise<void> {
    const user = this.#users.get(id);
    if (user?.emailVersion === emailVersion) this.#users.put(new User({ ...user, accountBehind: false }));
  }

  override async remove(id: string): Promise<boolean> {
    return this.#users.delete(id);
  }
}

type Field = string | number | boolean | undefined;
type Order = (one: User, other: User) => number;

const fieldsOf = ({ id, tenantId, email, name }: User): Readonly<Record<string, Field>> => ({
  id,
  tenantId,
  email: email.value,
  name: name?.value,
});

function isVisible(user: User, rows: RowFilter): boolean {
  if (rows === 'all') return true;
  const fields = fieldsOf(user);
  return rows.some((conditions) => Object.entries(conditions).every(([field, value]) => fields[field] === value));
}

function mentions({ email, name }: User, search: string | undefined): boolean {
  if (search === undefined) return true;
  const wanted = search.toLowerCase();
  return email.value.includes(wanted) || (name?.value.toLowerCase().includes(wanted) ?? false);
}

const compare = <T extends string | number>(one: T, other: T): number => (one < other ? -1 : one > other ? 1 : 0);

const byCreation: Order = (one, other) => compare(one.createdAt.getTime(), other.createdAt.getTime());
const byEmail: Order = (one, other) => compare(one.email.value, other.email.value);

/** Whoever has no name comes last in both directions. */
const byName =
  (direction: 1 | -1): Order =>
  ({ name: one }, { name: other }) =>
    one && other ? direction * compare(one.value, other.value) : compare(one ? 0 : 1, other ? 0 : 1);

const reversed =
  (order: Order): Order =>
  (one, other) =>
    order(other, one);

const orders: Readonly<Record<UserSort, Order>> = {
  CREATED_AT_ASC: byCreation,
  CREATED_AT_DESC: reversed(byCreation),
  EMAIL_ASC: byEmail,
  EMAIL_DESC: reversed(byEmail),
  NAME_ASC: byName(1),
  NAME_DESC: byName(-1),
};
