import {
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { IdempotencyLog } from '../../pipeline/idempotency.js';
import { RevocationLog, Revocations } from '../../ports/revocations.js';
import { UnitOfWork } from '../../ports/unit-of-work.js';
import { Configuration } from '../config/configuration.js';
import { DatabaseConnection, type OpeningOptions } from './database-connection.js';
import { PrismaDatabase } from './prisma-database.js';
import { PrismaIdempotencyLog } from './prisma-idempotency-log.js';
import { PrismaRevocations } from './prisma-revocations.js';
import { PrismaUnitOfWork } from './prisma-unit-of-work.js';

const SWEEP_INTERVAL_MS = 10 * 60 * 1000;
const logger = new Logger('Database');

@Module({})
class DatabaseModule implements OnModuleInit, OnApplicationShutdown {
  #sweeping: NodeJS.Timeout | undefined;

  constructor(
    @Inject(DatabaseConnection) private readonly connection: DatabaseConnection,
    @Inject(PrismaIdempotencyLog) private readonly log: PrismaIdempotencyLog,
  ) {}

  onModuleInit(): void {
    this.#sweeping = setInterval(() => void this.#sweep(), SWEEP_INTERVAL_MS).unref();
  }

  async #sweep(): Promise<void> {
    try {
      await this.log.sweep();
    } catch (error) {
      logger.warn(`Expired idempotency keys were not deleted: ${(error as Error).message}`);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#sweeping);
    await this.connection.close();
  }
}

const revocations: Provider[] = [
  {
    provide: Revocations,
    inject: [PrismaDatabase],
    useFactory: (database: PrismaDatabase) =>
      new PrismaRevocations(database, { log: (message) => logger.warn(message) }),
  },
  { provide: RevocationLog, useExisting: Revocations },
];

export interface DatabaseOptions extends OpeningOptions {
  /** The database where it is opened already. */
  readonly opened?: Promise<DatabaseConnection> | undefined;
  /** Whether sessions are ended in this database; else revocations come from elsewhere. */
  readonly revocations: boolean;
}

/**
 * The database of the configuration: PrismaDatabase for repositories, UnitOfWork, IdempotencyLog and, where asked for,
 * Revocations for the rest.
 */
export const databaseModule = (
  { revocations: hasRevocations, opened, ...opening }: DatabaseOptions = { revocations: true },
): DynamicModule => ({
  module: DatabaseModule,
  global: true,
  providers: [
    {
      provide: DatabaseConnection,
      inject: [Configuration],
      useFactory: (configuration: Configuration) =>
        opened ?? DatabaseConnection.open(configuration, (message) => logger.log(message), opening),
    },
    {
      provide: PrismaDatabase,
      inject: [DatabaseConnection],
      useFactory: ({ database }: DatabaseConnection) => database,
    },
    {
      provide: PrismaIdempotencyLog,
      inject: [PrismaDatabase],
      useFactory: (database: PrismaDatabase) => new PrismaIdempotencyLog(database),
    },
    { provide: IdempotencyLog, useExisting: PrismaIdempotencyLog },
    ...(hasRevocations ? revocations : []),
    {
      provide: UnitOfWork,
      inject: [PrismaDatabase, IdempotencyLog],
      useFactory: (database: PrismaDatabase, log: IdempotencyLog) => new PrismaUnitOfWork(database, log),
    },
  ],
  exports: [
    DatabaseConnection,
    PrismaDatabase,
    IdempotencyLog,
    UnitOfWork,
    ...(hasRevocations ? [Revocations, RevocationLog] : []),
  ],
});
