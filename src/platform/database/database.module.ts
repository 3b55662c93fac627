import {
  type DynamicModule,
  Logger,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
  Optional,
  type Provider,
} from '@nestjs/common';
import { IdempotencyLog } from '../../pipeline/idempotency.js';
import { RevocationLog, Revocations } from '../../ports/revocations.js';
import { UnitOfWork } from '../../ports/unit-of-work.js';
import { Configuration } from '../config/configuration.js';
import { factory, globalModule } from '../nest/providers.js';
import { FailureLog } from '../schedule/failure-log.js';
import { RepeatedTask } from '../schedule/repeated-task.js';
import { type OpeningOptions, openDatabase } from './open-database.js';
import { PrismaDatabase } from './prisma-database.js';
import { PrismaIdempotencyLog } from './prisma-idempotency-log.js';
import { PrismaRevocations } from './prisma-revocations.js';
import { PrismaUnitOfWork } from './prisma-unit-of-work.js';

const SWEEP_INTERVAL_MS = 10 * 60 * 1000;
const logger = new Logger('Database');

@Module({})
class DatabaseModule implements OnModuleInit, OnApplicationShutdown {
  readonly #failures = new FailureLog(logger);
  readonly #sweeping = new RepeatedTask(() => this.#sweep(), SWEEP_INTERVAL_MS);

  constructor(
    private readonly database: PrismaDatabase,
    private readonly keys: PrismaIdempotencyLog,
    @Optional() private readonly revocations?: PrismaRevocations,
  ) {}

  onModuleInit(): void {
    this.#sweeping.start();
  }

  async #sweep(): Promise<void> {
    await this.#failures.attempt('Expired idempotency keys were not deleted', () => this.keys.sweep());
    await this.#failures.attempt('Expired revocations were not deleted', async () => this.revocations?.sweep());
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#sweeping.stop();
    await this.database.close();
  }
}

export interface DatabaseOptions extends OpeningOptions {
  readonly opened?: Promise<PrismaDatabase> | undefined;
  /** Whether sessions are in this database; otherwise revocations are polled from the auth service. */
  readonly revocations: boolean;
}

const stores: Provider[] = [
  PrismaIdempotencyLog,
  { provide: IdempotencyLog, useExisting: PrismaIdempotencyLog },
  { provide: UnitOfWork, useClass: PrismaUnitOfWork },
];

const revocationStores: Provider[] = [
  factory(PrismaRevocations, [PrismaDatabase], (database) => new PrismaRevocations(database)),
  { provide: Revocations, useExisting: PrismaRevocations },
  { provide: RevocationLog, useExisting: PrismaRevocations },
];

export function databaseModule(
  { revocations, opened, ...opening }: DatabaseOptions = { revocations: true },
): DynamicModule {
  const log = (message: string): void => logger.log(message);
  const open = (configuration: Configuration) => opened ?? openDatabase(configuration, log, opening);
  return globalModule(
    DatabaseModule,
    [factory(PrismaDatabase, [Configuration], open), ...stores, ...(revocations ? revocationStores : [])],
    [PrismaDatabase, IdempotencyLog, UnitOfWork, ...(revocations ? [Revocations, RevocationLog] : [])],
  );
}
