import { AsyncLocalStorage } from 'node:async_hooks';
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { DeadlineExceeded, ServiceUnavailable } from '../../contract/built-in-failures.js';
import { currentCall } from '../../pipeline/call-context.js';
import type { Prisma, PrismaClient } from './generated/client.js';
import { errorCodes, READ_ONLY, sqlState } from './sql-state.js';

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

  /** Throws DeadlineExceeded after `leftMs`, ServiceUnavailable without a connection in the first half of it. */
  static async run<T>(
    prisma: PrismaClient,
    leftMs: number,
    work: (transaction: PrismaTransaction) => Promise<T>,
  ): Promise<T> {
    const opening: Opening = {};
    let begun: PrismaTransaction | undefined;
    const begin = (client: Prisma.TransactionClient) => {
      begun = opening.transaction;
      if (!begun) throw new Error('no transaction was started');
      return begun.#perform(client, work);
    };
    // half of the time to wait for a connection, so that the failure reaches the caller in time
    const limits = { maxWait: Math.ceil(leftMs / 2), timeout: leftMs };
    try {
      const value = await openings.run(opening, () => prisma.$transaction(begin, limits));
      for (const follow of begun?.afterCommit ?? []) follow();
      return value;
    } catch (error) {
      if (!errorCodes(error).includes('P2028')) throw error;
      if (begun) throw new DeadlineExceeded({ cause: error });
      throw new ServiceUnavailable({ cause: error, retryAfterSeconds: 1 });
    }
  }

  async #perform<T>(
    client: Prisma.TransactionClient,
    work: (transaction: PrismaTransaction) => Promise<T>,
  ): Promise<T> {
    this.client = client;
    const value = await work(this);
    if (await this.#failed())
      throw new Error('a statement of this unit of work failed and its error was swallowed: nothing can be committed');
    return value;
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
  async #failed(): Promise<boolean> {
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
