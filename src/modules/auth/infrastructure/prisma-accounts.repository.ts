import { Injectable } from '@nestjs/common';
import type { Account as AccountRow } from '../../../platform/database/generated/client.js';
import { PrismaDatabase } from '../../../platform/database/prisma-database.js';
import { queryPage } from '../../../platform/database/query-page.js';
import { violatedUnique } from '../../../platform/database/sql-state.js';
import { Accounts, type FoundAccounts } from '../application/accounts.js';
import { EmailTaken } from '../contract/index.js';
import { Account, type AccountStatus, type Role } from '../domain/account.js';
import { EmailAddress } from '../domain/email-address.js';

const columns = `user_id as "userId", tenant_id as "tenantId", email,
    email_version as "emailVersion", password_hash as "passwordHash", role, status, disabled,
    attempt_id as "attemptId", created_at as "createdAt", updated_at as "updatedAt"`;
const selectAccount = `select ${columns} from accounts`;

@Injectable()
export class PrismaAccounts extends Accounts {
  constructor(private readonly database: PrismaDatabase) {
    super();
  }

  override find(userId: string): Promise<Account | undefined> {
    return this.#first('where user_id = $1::uuid', userId);
  }

  override findByEmail(email: EmailAddress): Promise<Account | undefined> {
    return this.#first('where email = $1', email.value);
  }

  override async hasAdministrator(): Promise<boolean> {
    const found = await this.database.query(
      `select 1 from accounts where role = 'ADMIN' and status = 'ACTIVE' limit 1`,
    );
    return found.length > 0;
  }

  override lock(userId: string): Promise<Account | undefined> {
    return this.#first('where user_id = $1::uuid for update', userId);
  }

  override lockByEmail(email: EmailAddress): Promise<Account | undefined> {
    return this.#first('where email = $1 for update', email.value);
  }

  /** In a fixed order, to avoid deadlocks. */
  override async lockAdministrators(): Promise<readonly Account[]> {
    const rows = await this.database.query<AccountRow>(
      `${selectAccount} where role = 'ADMIN' and status = 'ACTIVE' and not disabled order by user_id for update`,
    );
    return rows.map(fromRow);
  }

  override async list({ page, limit }: { page: number; limit: number }): Promise<FoundAccounts> {
    const { rows, total } = await queryPage<AccountRow>(this.database, {
      columns,
      table: 'accounts',
      where: 'status = $1',
      values: ['ACTIVE'],
      orderBy: '"createdAt" desc, "userId" desc',
      page,
      limit,
    });
    return { accounts: rows.map(fromRow), total };
  }

  override async findUnsettled(before: Date, limit: number): Promise<readonly Account[]> {
    const rows = await this.database.client.account.findMany({
      where: { status: { in: ['PENDING', 'CLOSED'] }, updatedAt: { lt: before } },
      orderBy: { updatedAt: 'asc' },
      take: limit,
    });
    return rows.map(fromRow);
  }

  override async add(account: Account): Promise<boolean> {
    const { count } = await this.database.client.account.createMany({ data: [toRow(account)], skipDuplicates: true });
    return count === 1;
  }

  override async save(account: Account): Promise<void> {
    const { userId, ...data } = toRow(account);
    try {
      await this.database.client.account.update({ where: { userId }, data, select: { userId: true } });
    } catch (error) {
      throw violatedUnique(error) === 'accounts_email_key' ? new EmailTaken({ cause: error }) : error;
    }
  }

  override async releaseFormerEmail(userId: string, emailVersion: number): Promise<void> {
    await this.database.client.account.updateMany({
      where: { userId, emailVersion: { lt: emailVersion }, status: { not: 'CLOSED' } },
      data: { email: EmailAddress.released(userId).value },
    });
  }

  override async remove(userId: string): Promise<void> {
    await this.database.client.account.deleteMany({ where: { userId } });
  }

  async #first(condition: string, value: string): Promise<Account | undefined> {
    const [row] = await this.database.query<AccountRow>(`${selectAccount} ${condition}`, [value]);
    return row && fromRow(row);
  }
}

const fromRow = ({ email, role, status, attemptId, ...row }: AccountRow): Account =>
  new Account({
    ...row,
    email: EmailAddress.stored(email),
    // constraints of the table guarantee these two
    role: role as Role,
    status: status as AccountStatus,
    attemptId: attemptId ?? undefined,
  });

const toRow = ({ email, attemptId, ...account }: Account): AccountRow => ({
  ...(account as Omit<Account, 'email' | 'attemptId'>),
  email: email.value,
  attemptId: attemptId ?? null,
});
