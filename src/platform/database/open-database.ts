import type { Configuration } from '../config/configuration.js';
import { type DatabaseLocation, locateDatabase } from './locate-database.js';
import { migrate, requireMigrated } from './migrations/migrate.js';
import { PrismaDatabase } from './prisma-database.js';
import { requireColumns } from './require-columns.js';

export interface OpeningOptions {
  readonly located?: Promise<DatabaseLocation> | undefined;
  /** Longest possible deadline of a call; that of the configuration when absent. */
  readonly longestCallMs?: number | undefined;
}

/** Time for PostgreSQL to answer after it has cancelled a statement at the deadline. */
const ANSWER_SLACK_MS = 2_000;

/** Migrated, or in production checked. Closing it stops the embedded server unless another process uses it. */
export async function openDatabase(
  configuration: Configuration,
  log: (message: string) => void,
  { located, longestCallMs = configuration.limits.requestDeadlineMs }: OpeningOptions = {},
): Promise<PrismaDatabase> {
  const { url, directUrl, embedded, release } = await (located ?? locateDatabase(configuration, log));
  const { poolSize } = configuration.database;
  const database = new PrismaDatabase({ url, poolSize, answerMs: longestCallMs + ANSWER_SLACK_MS, release });
  try {
    const deploysMigrate = configuration.environment === 'production' && !embedded;
    if (deploysMigrate) await requireMigrated(directUrl);
    else await migrate(directUrl, { log });
    await requireColumns(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
