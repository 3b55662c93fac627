import { Injectable } from '@nestjs/common';
import type { User as UserRow } from '../../../platform/database/generated/client.js';
import { PrismaDatabase } from '../../../platform/database/prisma-database.js';
import { queryPage } from '../../../platform/database/query-page.js';
import { violatedUnique } from '../../../platform/database/sql-state.js';
import type { RowFilter } from '../../../ports/current-call.js';
import { type FoundUsers, type UserQuery, Users } from '../application/users.js';
import { EmailTaken, type UserSort } from '../contract/index.js';
import { EmailAddress } from '../domain/email-address.js';
import { PersonName } from '../domain/person-name.js';
import { User } from '../domain/user.js';

const columns = `id, tenant_id as "tenantId", email, email_version as "emailVersion",
    account_behind as "accountBehind", name, created_at as "createdAt", updated_at as "updatedAt"`;
const selectUsers = `select ${columns} from users`;
const selectUser = `${selectUsers} where id = $1::uuid`;

@Injectable()
export class PrismaUsers extends Users {
  constructor(private readonly database: PrismaDatabase) {
    super();
  }

  override async find(id: string): Promise<User | undefined> {
    return this.#first(selectUser, id);
  }

  override async findAll(ids: readonly string[]): Promise<readonly User[]> {
    const rows = await this.database.query<UserRow>(`${selectUsers} where id = any($1::uuid[])`, [ids]);
    return rows.map(fromRow);
  }

  override async lock(id: string): Promise<User | undefined> {
    return this.#first(`${selectUser} for update`, id);
  }

  override async search(query: UserQuery): Promise<FoundUsers> {
    const values: unknown[] = [];
    const where = condition(query, (value) => `$${values.push(value)}`);
    const orderBy = `${orders[query.sort]}, id`;
    const { page, limit } = query;
    const found = await queryPage<UserRow>(this.database, {
      columns,
      table: 'users',
      where,
      values,
      isCostly: query.search !== undefined,
      orderBy,
      page,
      limit,
    });
    return { users: found.rows.map(fromRow), total: found.total };
  }

  override async add(user: User): Promise<boolean> {
    const { count } = await this.database.client.user.createMany({ data: [toRow(user)], skipDuplicates: true });
    return count === 1;
  }

  override async save(user: User): Promise<void> {
    const { id, ...data } = toRow(user);
    try {
      await this.database.client.user.update({ where: { id }, data, select: { id: true } });
    } catch (error) {
      throw violatedUnique(error) === 'users_email_key' ? new EmailTaken({ cause: error }) : error;
    }
  }

  override async findBehind(limit: number): Promise<readonly User[]> {
    const rows = await this.database.client.user.findMany({
      where: { accountBehind: true },
      orderBy: { updatedAt: 'asc' },
      take: limit,
    });
    return rows.map(fromRow);
  }

  override async accountFollowed(id: string, emailVersion: number): Promise<void> {
    await this.database.client.user.updateMany({ where: { id, emailVersion }, data: { accountBehind: false } });
  }

  override async remove(id: string): Promise<boolean> {
    const { count } = await this.database.client.user.deleteMany({ where: { id } });
    return count === 1;
  }

  async #first(sql: string, id: string): Promise<User | undefined> {
    const [row] = await this.database.query<UserRow>(sql, [id]);
    return row && fromRow(row);
  }
}

const orders: Readonly<Record<UserSort, string>> = {
  CREATED_AT_ASC: '"createdAt"',
  CREATED_AT_DESC: '"createdAt" desc',
  EMAIL_ASC: 'email',
  EMAIL_DESC: 'email desc',
  NAME_ASC: 'name nulls last',
  NAME_DESC: 'name desc nulls last',
};

/** Fields allowed in row filters. */
const filtered: Readonly<Record<string, readonly [column: string, type: string]>> = {
  id: ['id', 'uuid'],
  tenantId: ['tenant_id', 'uuid'],
  email: ['email', 'text'],
  name: ['name', 'text'],
};

type Parameter = (value: unknown) => string;

function condition({ rows, search }: UserQuery, parameter: Parameter): string {
  const visible = rows === 'all' ? 'true' : visibleRows(rows, parameter);
  if (search === undefined) return visible;
  const pattern = parameter(`%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`);
  return `(${visible}) and (email ilike ${pattern} or name ilike ${pattern})`;
}

function visibleRows(rows: Exclude<RowFilter, 'all'>, parameter: Parameter): string {
  const equal = ([field, value]: [string, unknown]) => {
    const known = filtered[field];
    if (!known) throw new Error(`a row filter cannot use the field ${field} of a user`);
    const [column, type] = known;
    return `${column} = ${parameter(value)}::${type}`;
  };
  const either = rows.map((conditions) => `(${Object.entries(conditions).map(equal).join(' and ') || 'true'})`);
  return either.join(' or ') || 'false';
}

const fromRow = ({ email, name, ...row }: UserRow): User =>
  new User({
    ...row,
    email: EmailAddress.stored(email),
    name: name === null ? undefined : PersonName.stored(name),
  });

const toRow = ({ email, name, ...user }: User): UserRow => ({
  ...user,
  email: email.value,
  name: name?.value ?? null,
});
