import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { currentCall } from '../../pipeline/call-context.js';
import { type Span, traced } from '../../pipeline/span.js';
import { DatabaseHealth } from './database-health.js';
import { type Prisma, PrismaClient } from './generated/client.js';
import { PrismaTransaction, TransactionTrackingPrismaPg } from './prisma-transaction.js';
import { prepareSession } from './session-settings.js';

export interface PrismaDatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  /** Closes a connection whose statement gets no answer for so long; never when absent. */
  readonly answerMs?: number;
  readonly logger?: Pick<Logger, 'warn' | 'log'>;
  /** Called once all connections are closed. */
  readonly release?: () => Promise<unknown>;
}

const CONNECTION_WAIT_MS = 5_000;

/** As Prisma does: int8 is a bigint. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(oid, format as 'text'),
};

export class PrismaDatabase {
  readonly health: DatabaseHealth;
  readonly #pool: pg.Pool;
  /** Outside transactions. */
  readonly base: PrismaClient;
  #closed: Promise<void> | undefined;

  constructor(private readonly options: PrismaDatabaseOptions) {
    const { url, poolSize, answerMs, logger = new Logger('Database') } = options;
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
    const client = new PrismaClient({ adapter: new TransactionTrackingPrismaPg(this.#pool) });
    this.base = client.$extends({
      query: {
        $allOperations: ({ model, operation, args, query }) => {
          const span = currentCall()?.span;
          const run = () => query(args).catch(this.health.rethrow);
          return span ? statement(span, { operation, model }, run) : run();
        },
      },
    }) as unknown as PrismaClient;
  }

  get client(): Prisma.TransactionClient {
    return PrismaTransaction.current?.client ?? this.base;
  }

  /** A third of the cost of Prisma. Joins the current transaction. timestamptz is a Date, int8 bigint, bytea bytes. */
  query<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const span = currentCall()?.span;
    return span ? statement(span, { sql }, () => this.#query<Row>(sql, values)) : this.#query<Row>(sql, values);
  }

  async #query<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    const transaction = PrismaTransaction.current;
    if (transaction) return transaction.query<Row>(sql, [...values], types);
    const { rows } = await this.#pool.query<Row>({ text: sql, values: [...values], types }).catch(this.health.rethrow);
    return rows;
  }

  /** Waits for running statements. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.health.close();
    await this.base.$disconnect();
    await this.#pool.end();
    await this.options.release?.();
  }
}

/** Missing from the types of pg. */
interface Wired {
  readonly connection: { readonly stream: Socket };
  readonly readyForQuery: boolean | null;
}

/** Closes connections that the network dropped silently: they would stay in the pool for ever. */
function closeWhenSilent(client: pg.PoolClient, answerMs: number): void {
  const wired = client as unknown as Wired;
  const { stream } = wired.connection;
  stream.setTimeout(answerMs, () => {
    if (!wired.readyForQuery) stream.destroy(new Error(`Connection terminated: no answer in ${answerMs} ms`));
  });
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
