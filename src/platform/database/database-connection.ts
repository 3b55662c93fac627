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

export class DatabaseConnection {
  #closed: Promise<void> | undefined;

  private constructor(
    readonly database: PrismaDatabase,
    readonly location: DatabaseLocation,
  ) {}

  static async open(
    configuration: Configuration,
    log: (message: string) => void,
    { located, longestCallMs = configuration.limits.requestDeadlineMs }: OpeningOptions = {},
  ): Promise<DatabaseConnection> {
    const location = await (located ?? locateDatabase(configuration, log));
    let database: PrismaDatabase | undefined;
    try {
      const deploysMigrate = configuration.environment === 'production' && !location.embedded;
      if (deploysMigrate) await requireMigrated(location.directUrl);
      else await migrate(location.directUrl, { log });
      const { poolSize } = configuration.database;
      database = new PrismaDatabase({ url: location.url, poolSize, answerMs: longestCallMs + ANSWER_SLACK_MS });
      await requireColumns(database);
      return new DatabaseConnection(database, location);
    } catch (error) {
      await database?.close();
      await location.release();
      throw error;
    }
  }

  /** Waits for running statements; then stops the embedded server unless another process uses it. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.database.close();
    await this.location.release();
  }
}
