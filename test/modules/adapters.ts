import { Accounts } from '../../src/modules/auth/application/accounts.js';
import { Sessions } from '../../src/modules/auth/application/sessions.js';
import { PrismaAccounts } from '../../src/modules/auth/infrastructure/prisma-accounts.repository.js';
import { PrismaSessions } from '../../src/modules/auth/infrastructure/prisma-sessions.repository.js';
import { Users } from '../../src/modules/users/application/users.js';
import { PrismaUsers } from '../../src/modules/users/infrastructure/prisma-users.repository.js';
import { IdempotencyLog } from '../../src/pipeline/idempotency.js';
import { PrismaDatabase } from '../../src/platform/database/prisma-database.js';
import { PrismaIdempotencyLog } from '../../src/platform/database/prisma-idempotency-log.js';
import { PrismaUnitOfWork } from '../../src/platform/database/prisma-unit-of-work.js';
import { UnitOfWork } from '../../src/ports/unit-of-work.js';
import { MemoryAccounts } from '../memory/memory-accounts.repository.js';
import { MemoryIdempotencyLog } from '../memory/memory-idempotency-log.js';
import { MemorySessions } from '../memory/memory-sessions.repository.js';
import { MemoryUnitOfWork } from '../memory/memory-unit-of-work.js';
import { MemoryUsers } from '../memory/memory-users.repository.js';
import { testDatabase } from '../support/database.js';

/** The state of both modules on one engine. */
export interface Adapters {
  readonly users: Users;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly log: IdempotencyLog;
  readonly unitOfWork: UnitOfWork;
  close(): Promise<void>;
}

export async function memoryAdapters(): Promise<Adapters> {
  const log = new MemoryIdempotencyLog();
  return {
    users: new MemoryUsers(),
    accounts: new MemoryAccounts(),
    sessions: new MemorySessions(),
    log,
    unitOfWork: new MemoryUnitOfWork(log),
    close: async () => undefined,
  };
}

export async function prismaAdapters(): Promise<Adapters & { readonly database: PrismaDatabase }> {
  const created = await testDatabase();
  const database = new PrismaDatabase({ url: created.url, poolSize: 5 });
  const log = new PrismaIdempotencyLog(database);
  return {
    database,
    users: new PrismaUsers(database),
    accounts: new PrismaAccounts(database),
    sessions: new PrismaSessions(database),
    log,
    unitOfWork: new PrismaUnitOfWork(database, log),
    close: async () => {
      await database.close();
      await created.drop();
    },
  };
}

export const engines = [
  ['memory', memoryAdapters],
  ['Prisma', prismaAdapters],
] as const;
