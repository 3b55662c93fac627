import { AsyncLocalStorage } from 'node:async_hooks';
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { DeadlineExceeded } from '../../contract/built-in-failures.js';
import { READ_ONLY, sqlState } from './sql-state.js';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type AdapterTransaction = Awaited<ReturnType<Adapter['startTransaction']>>;

/** For `catch`: throws the failure that describes the error, or the error itself. */
export type Rethrow = (error: unknown) => never;

interface Opening {
  connection?: TransactionConnection;
}

const openings = new AsyncLocalStorage<Opening>();

export class TransactionConnection {
  #ended = false;
  #sawError = false;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly rethrow: Rethrow,
  ) {}

  async query<Row extends object>(sql: string, values: unknown[], types?: pg.CustomTypesConfig): Promise<Row[]> {
    // Prisma has ended the transaction at its timeout; later statements would run outside it
    if (this.#ended) throw new DeadlineExceeded();
    const { rows } = await this.watch(this.client.query<Row>({ text: sql, values, types })).catch(this.rethrow);
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
    const release = this.client.release.bind(this.client);
    this.client.release = () => release(true);
  }

  /** PostgreSQL rolls back at COMMIT after a failed statement. */
  async failed(): Promise<boolean> {
    if (!this.#sawError) return false;
    return this.client.query('select 1').then(
      () => false,
      () => true,
    );
  }

  end(): void {
    this.#ended = true;
  }
}

export function withConnection<T>(open: (connection: () => TransactionConnection) => Promise<T>): Promise<T> {
  const opening: Opening = {};
  const connection = () => {
    if (!opening.connection) throw new Error('no transaction was started');
    return opening.connection;
  };
  return openings.run(opening, () => open(connection));
}

/** Gives `withConnection` access to the connections of transactions. */
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
      if (opening) opening.connection = observed(transaction, this.rethrow);
      return transaction;
    };
    return adapter;
  }
}

function observed(transaction: AdapterTransaction, rethrow: Rethrow): TransactionConnection {
  // protected in the types, and the only access to the connection
  const connection = new TransactionConnection((transaction as unknown as { client: pg.PoolClient }).client, rethrow);
  const executeRaw = transaction.executeRaw.bind(transaction);
  const queryRaw = transaction.queryRaw.bind(transaction);
  transaction.queryRaw = (query) => connection.watch(queryRaw(query));
  transaction.executeRaw = (query) => {
    if (query.sql === 'COMMIT' || query.sql === 'ROLLBACK') connection.end();
    return connection.watch(executeRaw(query));
  };
  return connection;
}
