import { AsyncLocalStorage } from 'node:async_hooks';
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { DeadlineExceeded } from '../../contract/built-in-failures.js';
import { currentCall } from '../../pipeline/call-context.js';
import type { Prisma, PrismaClient } from './generated/client.js';
import { READ_ONLY, sqlState } from './sql-state.js';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type AdapterTransaction = Awaited<ReturnType<Adapter['startTransaction']>>;

/** For `catch`: throws the failure that describes the error, or the error itself. */
export type Rethrow = (error: unknown) => never;

interface Opening {
  transaction?: PrismaTransaction;
}

const openings = new AsyncLocalStorage<Opening>();

/** An interactive transaction of Prisma that also runs SQL on its connection. */
export class PrismaTransaction {
  client!: Prisma.TransactionClient;
  /** Called after the commit; must not throw. */
  readonly afterCommit: (() => void)[] = [];
  #ended = false;
  #sawError = false;

  constructor(
    private readonly connection: pg.PoolClient,
    private readonly rethrow: Rethrow,
  ) {}

  static get current(): PrismaTransaction | undefined {
    const transaction = currentCall()?.transaction;
    return transaction instanceof PrismaTransaction ? transaction : undefined;
  }

  /** Milliseconds: `maxWait` for a connection, then `timeout`. */
  static run<T>(
    prisma: PrismaClient,
    limits: { readonly maxWait: number; readonly timeout: number },
    work: (transaction: PrismaTransaction) => Promise<T>,
  ): Promise<T> {
    const opening: Opening = {};
    const begin = (client: Prisma.TransactionClient) => {
      if (!opening.transaction) throw new Error('no transaction was started');
      opening.transaction.client = client;
      return work(opening.transaction);
    };
    return openings.run(opening, () => prisma.$transaction(begin, limits));
  }

  async query<Row extends object>(sql: string, values: unknown[], types?: pg.CustomTypesConfig): Promise<Row[]> {
    // Prisma has ended the transaction at its timeout; later statements would run outside it
    if (this.#ended) throw new DeadlineExceeded();
    const { rows } = await this.watch(this.connection.query<Row>({ text: sql, values, types })).catch(this.rethrow);
    return rows;
  }

  async watch<T>(statement: Promise<T>): Promise<T> {
    try {
      return await statement;
    } catch (error) {
      this.#sawError = true;
      if (sqlState(error) === READ_ONLY) this.#discard();
      throw error;
    }
  }

  #discard(): void {
    const release = this.connection.release.bind(this.connection);
    this.connection.release = () => release(true);
  }

  /** PostgreSQL rolls back at COMMIT after a failed statement. */
  async failed(): Promise<boolean> {
    if (!this.#sawError) return false;
    return this.connection.query('select 1').then(
      () => false,
      () => true,
    );
  }

  end(): void {
    this.#ended = true;
  }
}

/** Gives `PrismaTransaction` the connections of transactions. */
export class TransactionTrackingPrismaPg extends PrismaPg {
  constructor(
    pool: pg.Pool,
    private readonly rethrow: Rethrow,
  ) {
    super(pool);
  }

  override async connect(): Promise<Adapter> {
    const adapter = await super.connect();
    const startTransaction = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => {
      const opening = openings.getStore();
      const transaction = await startTransaction(isolationLevel);
      if (opening) opening.transaction = observed(transaction, this.rethrow);
      return transaction;
    };
    return adapter;
  }
}

function observed(transaction: AdapterTransaction, rethrow: Rethrow): PrismaTransaction {
  // protected in the types, and the only access to the connection
  const ours = new PrismaTransaction((transaction as unknown as { client: pg.PoolClient }).client, rethrow);
  const executeRaw = transaction.executeRaw.bind(transaction);
  const queryRaw = transaction.queryRaw.bind(transaction);
  transaction.queryRaw = (query) => ours.watch(queryRaw(query));
  transaction.executeRaw = (query) => {
    if (query.sql === 'COMMIT' || query.sql === 'ROLLBACK') ours.end();
    return ours.watch(executeRaw(query));
  };
  return ours;
}
