import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DeadlineExceeded, ServiceUnavailable } from '../../contract/built-in-failures.js';
import { type CallContext, currentCall, runInCall } from '../../pipeline/call-context.js';
import { IdempotencyLog, transactOnce } from '../../pipeline/idempotency.js';
import { traced } from '../../pipeline/span.js';
import { UnitOfWork } from '../../ports/unit-of-work.js';
import { callOrBackground } from './call-or-background.js';
import { isConflict } from './database-failure.js';
import { PrismaDatabase } from './prisma-database.js';
import { PrismaTransaction } from './prisma-transaction.js';
import { type IsolationLevel, transactionSettings } from './session-settings.js';

const RETRIES = 3;
const FIRST_PAUSE_MS = 10;

@Injectable()
export class PrismaUnitOfWork extends UnitOfWork {
  protected readonly isolationLevel: IsolationLevel = 'read committed';

  constructor(
    private readonly database: PrismaDatabase,
    private readonly log: IdempotencyLog,
  ) {
    super();
  }

  override run<T>(work: () => Promise<T>): Promise<T> {
    const context = currentCall();
    if (context?.transaction !== undefined) return work();
    return transactOnce(this.log, context?.idempotency, work, (made) => this.#begin(callOrBackground(), made));
  }

  #begin<T>(context: CallContext, work: () => Promise<T>): Promise<T> {
    if (!context.span) return this.#transact(context, work);
    return traced(context.span, 'transaction', 'client', (span) => {
      span.set('db.system.name', 'postgresql');
      return this.#transact({ ...context, span }, work);
    });
  }

  async #transact<T>(context: CallContext, work: () => Promise<T>): Promise<T> {
    for (let pause = FIRST_PAUSE_MS, retries = 0; ; pause *= 2, retries += 1) {
      try {
        return await this.#attempt(context, work);
      } catch (error) {
        if (!isConflict(error)) return this.database.health.rethrow(error);
        if (retries === RETRIES) throw new ServiceUnavailable({ cause: error, retryAfterSeconds: 1 });
      }
      await delay(pause * (0.5 + Math.random()));
    }
  }

  #attempt<T>(context: CallContext, work: () => Promise<T>): Promise<T> {
    const leftMs = millisecondsLeft(context);
    if (leftMs <= 0) throw new DeadlineExceeded();
    const { base, health } = this.database;
    const transaction = new PrismaTransaction(health.rethrow);
    const workWithSettings = async () => {
      const stillLeftMs = Math.max(1, millisecondsLeft(context));
      await transaction.query(transactionSettings(this.isolationLevel, stillLeftMs, context.tenant), []);
      return work();
    };
    return runInCall({ ...context, transaction }, () => transaction.run(base, leftMs, workWithSettings));
  }
}

const millisecondsLeft = ({ lifetime }: CallContext): number => Math.ceil(lifetime.deadline - performance.now());
