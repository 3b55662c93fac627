import type { Prisma, User as UserRow } from '../../../platform/database/generated/client.js';
import type { PrismaDatabase } from '../../../platform/database/prisma-database.js';
import { violatedUnique } from '../../../platform/database/sql-state.js';
import { type FoundUsers, type UserQuery, Users } from '../application/users.js';
import { EmailTaken, type UserSort } from '../contract/index.js';
import { EmailAddress } from '../domain/email-address.js';
import { PersonName } from '../domain/person-name.js';
import { User } from '../domain/user.js';

const selectUsers = `select id, tenant_id as "tenantId", email, email_version as "emailVersion",
    account_behind as "accountBehind", name, created_at as "createdAt", updated_at as "updatedAt"
  from users`;
const selectUser = `${selectUsers} where id = $1::uuid`;

/** Users in the table users. */
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
    const where = condition(query);
    const [rows, total] = await Promise.all([
      this.database.client.user.findMany({
        where,
        orderBy: [...orders[query.sort], { id: 'asc' }],
        skip: (query.page - 1) * query.limit,
        take: query.limit,
      }),
      this.database.client.user.count({ where }),
    ]);
    return { users: rows.map(fromRow), total };
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

const orders: Readonly<Record<UserSort, readonly Prisma.UserOrderByWithRelationInput[]>> = {
  CREATED_AT_ASC: [{ createdAt: 'asc' }],
  CREATED_AT_DESC: [{ createdAt: 'desc' }],
  EMAIL_ASC: [{ email: 'asc' }],
  EMAIL_DESC: [{ email: 'desc' }],
  NAME_ASC: [{ name: { sort: 'asc', nulls: 'last' } }],
  NAME_DESC: [{ name: { sort: 'desc', nulls: 'last' } }],
};

function condition({ rows, search }: UserQuery): Prisma.UserWhereInput {
  const visible = rows === 'all' ? {} : { OR: rows as readonly object[] as Prisma.UserWhereInput[] };
  if (search === undefined) return visible;
  // Prisma leaves the wildcards of LIKE as they are.
  const contained = { contains: search.replaceAll(/[\\%_]/g, String.raw`\$&`), mode: 'insensitive' } as const;
  return { AND: [visible, { OR: [{ email: contained }, { name: contained }] }] };
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
