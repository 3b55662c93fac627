import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { type RevocableClaims, Revocations, type RevokedSubject } from '../../ports/revocations.js';
import { MemoryRevocations } from '../security/memory-revocations.js';
import { currentTransaction } from './current-transaction.js';
import { type PrismaDatabase, PrismaTransaction } from './prisma-database.js';

export interface PrismaRevocationsOptions {
  readonly pollMs?: number;
  readonly log?: (message: string) => void;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

interface Row {
  readonly sequence: bigint;
  readonly subject: RevokedSubject;
  readonly revoked_at: Date;
  readonly expires_at: Date;
  readonly settled: boolean;
}

const POLL_MS = 1000;
const SWEEP_EVERY_POLLS = 600;

/** Longer than any transaction may run: rows commit out of the order of their sequence. */
const SETTLED_AFTER = `interval '60 seconds'`;

/**
 * Revocations in the table revocations, asked of a copy in memory. Processes on one database learn of each other's by
 * polling; this one knows its own as soon as they have committed.
 */
export class PrismaRevocations extends Revocations implements OnModuleInit, BeforeApplicationShutdown {
  readonly #known: MemoryRevocations;
  readonly #pollMs: number;
  readonly #log: (message: string) => void;
  readonly #now: () => number;
  #readUpTo = 0n;
  #polls = 0;
  #failing = false;
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly database: PrismaDatabase,
    { pollMs = POLL_MS, log = () => undefined, now = Date.now }: PrismaRevocationsOptions = {},
  ) {
    super();
    this.#known = new MemoryRevocations(now);
    this.#pollMs = pollMs;
    this.#log = log;
    this.#now = now;
  }

  override isRevoked(claims: RevocableClaims): boolean {
    return this.#known.isRevoked(claims);
  }

  /** In the transaction of the current unit of work, if there is one. */
  override async revoke(subject: RevokedSubject, expiresAt: number): Promise<void> {
    const revokedAt = this.#now();
    await this.database.query(
      `insert into revocations (subject, revoked_at, expires_at)
       values ($1, to_timestamp($2::float8 / 1000), to_timestamp($3::float8)) returning sequence`,
      [subject, revokedAt, expiresAt],
    );
    const apply = () => this.#known.learn(subject, revokedAt, expiresAt);
    const transaction = currentTransaction();
    if (transaction instanceof PrismaTransaction) transaction.afterCommit.push(apply);
    else apply();
  }

  /** Resolves when everything revoked so far is known here. */
  async onModuleInit(): Promise<void> {
    await this.#read();
    this.#schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#polling;
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#polling = this.#poll().finally(() => this.#schedule());
    }, this.#pollMs).unref();
  }

  async #poll(): Promise<void> {
    try {
      await this.#read();
      if (++this.#polls % SWEEP_EVERY_POLLS === 0) await this.#sweep();
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#log(`Revocations of other processes cannot be read: ${(error as Error).message}`);
      this.#failing = true;
    }
  }

  /** Reads what is not settled again and again, for a row of a lower sequence may still commit beside it. */
  async #read(): Promise<void> {
    const rows = await this.database.query<Row>(
      `select sequence, subject, revoked_at, expires_at, revoked_at < now() - ${SETTLED_AFTER} as settled
       from revocations where sequence > $1::bigint and expires_at > now() order by sequence`,
      [String(this.#readUpTo)],
    );
    for (const { sequence, subject, revoked_at, expires_at, settled } of rows) {
      this.#known.learn(subject, revoked_at.getTime(), expires_at.getTime() / 1000);
      if (settled) this.#readUpTo = sequence;
    }
  }

  async #sweep(): Promise<void> {
    await this.database.query('delete from revocations where expires_at <= now() returning sequence');
  }
}
