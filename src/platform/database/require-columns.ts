import { Prisma } from './generated/client.js';
import { MigrationError } from './migrations/migration-files.js';
import type { PrismaDatabase } from './prisma-database.js';
import { sqlState } from './sql-state.js';

type Delegates = Readonly<Record<string, { findFirst(): Promise<unknown> }>>;

const missing = new Set(['42703', '42P01']);

/** Throws MigrationError for a table or column of prisma/schema without a migration. */
export async function requireColumns({ base }: PrismaDatabase): Promise<void> {
  const delegates = base as unknown as Delegates;
  for (const model of Object.values(Prisma.ModelName)) {
    try {
      await delegates[model.charAt(0).toLowerCase() + model.slice(1)]?.findFirst();
    } catch (error) {
      if (!missing.has(sqlState(error) ?? '')) throw error;
      const [problem = ''] = /[^\n]+$/.exec((error as Error).message.trimEnd()) ?? [];
      throw new MigrationError(`${problem} It is in prisma/schema: write the migration that makes it`, {
        cause: error,
      });
    }
  }
}
