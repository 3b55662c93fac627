import type { Configuration } from '../config/configuration.js';
import { type DatabaseLocation, locateDatabase } from './locate-database.js';
import { migrate, requireMigrated } from './migrations/migrate.js';
import { PrismaDatabase } from './prisma-database.js';
import { requireColumns } from './require-columns.js';

export interface OpeningOptions {
  /** When the search for it began before. */
  readonly located?: Promise<DatabaseLocation> | undefined;
  /** The longest deadline that a call may have; that of the configuration when absent. */
  readonly longestCallMs?: number | undefined;
}

/** PostgreSQL ends a statement at the deadline of its call and says so; this is the time to say it. */
const answerSlackMs = 2_000;

async function closeAndThrow(database: PrismaDatabase, error: unknown): Promise<never> {
  await database.close();
  throw error;
}

/** The database of this process, found or started, migrated and open. */
export class DatabaseConnection {
  #closed: Promise<void> | undefined;

  private constructor(
    readonly database: PrismaDatabase,
    readonly location: DatabaseLocation,
  ) {}

  /** Throws EmbeddedPostgresError, MigrationError and what the driver throws. */
  static async open(
    configuration: Configuration,
    log: (message: string) => void,
    { located, longestCallMs = configuration.limits.requestDeadlineMs }: OpeningOptions = {},
  ): Promise<DatabaseConnection> {
    const location = await (located ?? locateDatabase(configuration, log));
    try {
      const deploysMigrate = configuration.environment === 'production' && !location.embedded;
      if (deploysMigrate) await requireMigrated(location.directUrl);
      else await migrate(location.directUrl, { log });
      const { poolSize } = configuration.database;
      const answerMs = longestCallMs + answerSlackMs;
      const database = new PrismaDatabase({ url: location.url, poolSize, answerMs });
      await requireColumns(database).catch((error) => closeAndThrow(database, error));
      return new DatabaseConnection(database, location);
    } catch (error) {
      await location.release();
      throw error;
    }
  }

  /** Running statements finish first; then the embedded server stops if no other process uses it. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.database.close();
    await this.location.release();
  }
}
