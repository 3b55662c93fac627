import { Logger } from '@nestjs/common';
import pg from 'pg';
import { currentCall } from '../../pipeline/call-context.js';
import { type Span, traced } from '../../pipeline/span.js';
import { currentTransaction } from './current-transaction.js';
import { DatabaseHealth } from './database-health.js';
import { type Prisma, PrismaClient } from './generated/client.js';
import { prepareSession } from './session-settings.js';
import { closeWhenSilent } from './silent-connections.js';
import { type TransactionConnection, TransactionTrackingPrismaPg } from './transaction-connection.js';

export interface PrismaDatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  /** Closes a connection whose statement gets no answer for so long; never when absent. */
  readonly answerMs?: number;
  readonly logger?: Pick<Logger, 'warn' | 'log'>;
}

const CONNECTION_WAIT_MS = 5_000;

/** As Prisma does: int8 is a bigint. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(oid, format as 'text'),
};

export class PrismaTransaction {
  /** Called after the commit; must not throw. */
  readonly afterCommit: (() => void)[] = [];

  constructor(
    readonly client: Prisma.TransactionClient,
    readonly connection: TransactionConnection,
  ) {}
}

interface PrismaOperation {
  readonly model?: string;
  readonly operation: string;
  readonly args: unknown;
  readonly query: (args: unknown) => Promise<unknown>;
}

export class PrismaDatabase {
  readonly health: DatabaseHealth;
  readonly #pool: pg.Pool;
  /** Outside transactions. */
  readonly base: PrismaClient;

  constructor({ url, poolSize, answerMs, logger = new Logger('Database') }: PrismaDatabaseOptions) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max: poolSize,
      connectionTimeoutMillis: CONNECTION_WAIT_MS,
      onConnect: async (client) => {
        await prepareSession(client);
      },
    });
    if (answerMs !== undefined) this.#pool.on('connect', (client) => closeWhenSilent(client, answerMs));
    this.health = new DatabaseHealth(this.#pool, logger);
    this.#pool.on('error', (error) => this.health.failed(error));
    const client = new PrismaClient({ adapter: new TransactionTrackingPrismaPg(this.#pool, this.health.rethrow) });
    this.base = client.$extends({
      query: { $allOperations: (operation) => this.#observed(operation) },
    }) as unknown as PrismaClient;
  }

  get client(): Prisma.TransactionClient {
    const transaction = currentTransaction();
    return transaction instanceof PrismaTransaction ? transaction.client : this.base;
  }

  /** A third of the cost of Prisma. Joins the current transaction. timestamptz is a Date, int8 bigint, bytea bytes. */
  query<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const span = currentCall()?.span;
    return span ? statement(span, { sql }, () => this.#query<Row>(sql, values)) : this.#query<Row>(sql, values);
  }

  async #query<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    const transaction = currentTransaction();
    if (transaction instanceof PrismaTransaction) return transaction.connection.query<Row>(sql, [...values], types);
    const { rows } = await this.#pool.query<Row>({ text: sql, values: [...values], types }).catch(this.health.rethrow);
    return rows;
  }

  #observed({ model, operation, args, query }: PrismaOperation): Promise<unknown> {
    const span = currentCall()?.span;
    const run = () => query(args).catch(this.health.rethrow);
    return span ? statement(span, { operation, model }, run) : run();
  }

  async close(): Promise<void> {
    this.health.close();
    await this.base.$disconnect();
    await this.#pool.end();
  }
}

interface Statement {
  /** With placeholders, without values. */
  readonly sql?: string;
  readonly operation?: string;
  readonly model?: string | undefined;
}

function statement<T>(parent: Span, { sql, operation, model }: Statement, run: () => Promise<T>): Promise<T> {
  const verb = operation ?? /[a-z]+/i.exec(sql ?? '')?.[0].toLowerCase() ?? 'query';
  return traced(parent, model === undefined ? verb : `${verb} ${model}`, 'client', (span) => {
    span.set('db.system.name', 'postgresql');
    span.set('db.operation.name', verb);
    if (model !== undefined) span.set('db.collection.name', model);
    if (sql !== undefined) span.set('db.query.text', sql);
    return run();
  });
}
