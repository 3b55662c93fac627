import type { Configuration } from '../config/configuration.js';
import { type DatabaseLocation, locateDatabase } from './locate-database.js';
import { migrate, requireMigrated } from './migrations/migrate.js';
import { PrismaDatabase } from './prisma-database.js';

/** The database of this process, found or started, migrated and open. */
export class DatabaseConnection {
  private constructor(
    readonly database: PrismaDatabase,
    readonly location: DatabaseLocation,
  ) {}

  /** `located`, when the search began before. Throws EmbeddedPostgresError, MigrationError and what the driver throws. */
  static async open(
    configuration: Configuration,
    log: (message: string) => void,
    located?: Promise<DatabaseLocation>,
  ): Promise<DatabaseConnection> {
    const location = await (located ?? locateDatabase(configuration, log));
    try {
      const deploysMigrate = configuration.environment === 'production' && !location.embedded;
      if (deploysMigrate) await requireMigrated(location.directUrl);
      else await migrate(location.directUrl, { log });
      const { poolSize } = configuration.database;
      return new DatabaseConnection(new PrismaDatabase({ url: location.url, poolSize, log }), location);
    } catch (error) {
      await location.release();
      throw error;
    }
  }

  /** Running statements finish first; then the embedded server stops if no other process uses it. */
  async close(): Promise<void> {
    await this.database.close();
    await this.location.release();
  }
}
