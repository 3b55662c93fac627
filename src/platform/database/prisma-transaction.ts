import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { DeadlineExceeded, ServiceUnavailable } from '../../contract/built-in-failures.js';
import { currentCall } from '../../pipeline/call-context.js';
import type { Prisma, PrismaClient } from './generated/client.js';
import { errorCodes, READ_ONLY, sqlState } from './sql-state.js';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type AdapterTransaction = Awaited<ReturnType<Adapter['startTransaction']>>;

/** An interactive transaction of Prisma that also runs SQL on its connection. */
export class PrismaTransaction {
  client: Prisma.TransactionClient | undefined;
  /** Called after the commit; must not throw. */
  readonly afterCommit: (() => void)[] = [];
  #connection!: pg.PoolClient;
  #ended = false;
  #sawError = false;

  /** `rethrow`, for `catch`: throws the failure that describes the error, or the error itself. */
  constructor(private readonly rethrow: (error: unknown) => never) {}

  static get current(): PrismaTransaction | undefined {
    const transaction = currentCall()?.transaction;
    return transaction instanceof PrismaTransaction ? transaction : undefined;
  }

  /** Call it once. Throws DeadlineExceeded after `leftMs`, ServiceUnavailable without a connection. */
  async run<T>(prisma: PrismaClient, leftMs: number, work: () => Promise<T>): Promise<T> {
    const begin = (client: Prisma.TransactionClient) => {
      this.client = client;
      return this.#perform(work);
    };
    try {
      // half of the time to wait for a connection, so that the failure reaches the caller in time
      const value = await prisma.$transaction(begin, { maxWait: Math.ceil(leftMs / 2), timeout: leftMs });
      for (const follow of this.afterCommit) follow();
      return value;
    } catch (error) {
      if (!errorCodes(error).includes('P2028')) throw error;
      if (this.client) throw new DeadlineExceeded({ cause: error });
      throw new ServiceUnavailable({ cause: error, retryAfterSeconds: 1 });
    }
  }

  async #perform<T>(work: () => Promise<T>): Promise<T> {
    const value = await work();
    if (await this.#failed())
      throw new Error('a statement of this unit of work failed and its error was swallowed: nothing can be committed');
    return value;
  }

  async query<Row extends object>(sql: string, values: unknown[], types?: pg.CustomTypesConfig): Promise<Row[]> {
    // Prisma has ended the transaction at its timeout; later statements would run outside it
    if (this.#ended) throw new DeadlineExceeded();
    const { rows } = await this.#watch(this.#connection.query<Row>({ text: sql, values, types })).catch(this.rethrow);
    return rows;
  }

  observe(transaction: AdapterTransaction): void {
    // protected in the types, and the only access to the connection
    this.#connection = (transaction as unknown as { client: pg.PoolClient }).client;
    const executeRaw = transaction.executeRaw.bind(transaction);
    const queryRaw = transaction.queryRaw.bind(transaction);
    transaction.queryRaw = (query) => this.#watch(queryRaw(query));
    transaction.executeRaw = (query) => {
      if (query.sql === 'COMMIT' || query.sql === 'ROLLBACK') this.#ended = true;
      return this.#watch(executeRaw(query));
    };
  }

  async #watch<T>(statement: Promise<T>): Promise<T> {
    try {
      return await statement;
    } catch (error) {
      this.#sawError = true;
      if (sqlState(error) === READ_ONLY) this.#discard();
      throw error;
    }
  }

  #discard(): void {
    const release = this.#connection.release.bind(this.#connection);
    this.#connection.release = () => release(true);
  }

  /** PostgreSQL rolls back at COMMIT after a failed statement. */
  async #failed(): Promise<boolean> {
    if (!this.#sawError) return false;
    return this.#connection.query('select 1').then(
      () => false,
      () => true,
    );
  }
}

/** Gives the current `PrismaTransaction` its connection. */
export class TransactionTrackingPrismaPg extends PrismaPg {
  override async connect(): Promise<Adapter> {
    const adapter = await super.connect();
    const startTransaction = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => {
      const { current } = PrismaTransaction;
      const transaction = await startTransaction(isolationLevel);
      if (current && !current.client) current.observe(transaction);
      return transaction;
    };
    return adapter;
  }
}
