import { randomUUID } from 'node:crypto';
import type { Logger } from '@nestjs/common';
import type pg from 'pg';
import { Dependency } from '../observability/dependency.js';
import { databaseFailure, isUnusable } from './database-failure.js';
import { driverMessage, READ_ONLY, sqlState } from './sql-state.js';

const DISK_FULL = '53100';
/** A write that fits into existing pages succeeds on a full disk: for so long, a successful write proves nothing. */
const DISK_FULL_MS = 10_000;

export class DatabaseHealth extends Dependency {
  #fullSince = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly pool: pg.Pool,
    logger: Pick<Logger, 'warn' | 'log'>,
  ) {
    super({
      name: 'database',
      title: 'PostgreSQL',
      meanwhile: 'what needs it answers SERVICE_UNAVAILABLE',
      use: () => this.#write(),
      logger,
    });
  }

  readonly rethrow = (error: unknown): never => {
    const failure = databaseFailure(error) ?? error;
    if (failure !== error && isUnusable(error)) this.failed(this.#reason(error));
    throw failure;
  };

  /** A read would succeed on a standby too, and on a primary whose commits wait for a lost standby. */
  async #write(): Promise<void> {
    if (performance.now() - this.#fullSince < DISK_FULL_MS) throw new Error('no space was left on its disk');
    const insertion = this.pool.query(
      `insert into idempotency_keys (scope, key, fingerprint, outcome, created_at, expires_at)
       values ('readiness', $1, '', '', now(), now())`,
      [randomUUID()],
    );
    await insertion.catch((error) => {
      throw this.#reason(error);
    });
  }

  #reason(error: unknown): Error {
    const state = sqlState(error);
    if (state === DISK_FULL) this.#fullSince = performance.now();
    if (state === READ_ONLY) this.#discardIdle();
    return new Error(driverMessage(error));
  }

  #discardIdle(): void {
    for (let idle = this.pool.idleCount; idle > 0; idle--) {
      this.pool.connect().then(
        (client) => client.release(true),
        () => undefined,
      );
    }
  }
}
