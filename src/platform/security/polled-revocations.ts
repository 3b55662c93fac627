import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { wallClock } from '../../contract/wall-clock.js';
import { type RevocableClaims, type RevocationEntry, Revocations } from '../../ports/revocations.js';
import { MemoryRevocations } from './memory-revocations.js';

export interface PolledRevocationsOptions {
  readonly pollMs?: number;
  readonly log?: (message: string) => void;
  /** Failures in a row before one is logged; 1 when absent. */
  readonly patience?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

const POLL_MS = 1000;
const SWEEP_EVERY_POLLS = 600;
const BATCH = 1000;

/** A copy in memory of a log of revocations that lies elsewhere, kept up by polling. */
export abstract class PolledRevocations extends Revocations implements OnModuleInit, BeforeApplicationShutdown {
  readonly #known: MemoryRevocations;
  readonly #pollMs: number;
  readonly #log: (message: string) => void;
  readonly #patience: number;
  #readUpTo = 0;
  #polls = 0;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor({
    pollMs = POLL_MS,
    log = () => undefined,
    patience = 1,
    now = wallClock,
  }: PolledRevocationsOptions = {}) {
    super();
    this.#known = new MemoryRevocations(now);
    this.#pollMs = pollMs;
    this.#log = log;
    this.#patience = patience;
  }

  /** Like that of RevocationLog. */
  protected abstract after(sequence: number, limit: number): Promise<readonly RevocationEntry[]>;

  override isRevoked(claims: RevocableClaims): boolean {
    return this.#known.isRevoked(claims);
  }

  /** Resolves when everything revoked so far is known here. */
  async onModuleInit(): Promise<void> {
    await this.read();
    this.schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#polling;
  }

  protected learn({ subject, revokedAt, expiresAt }: Omit<RevocationEntry, 'sequence' | 'isSettled'>): void {
    this.#known.learn(subject, revokedAt, expiresAt);
  }

  /** Reads what is not settled again and again, for an entry of a lower sequence may still appear beside it. */
  protected async read(): Promise<void> {
    let position = this.#readUpTo;
    for (let isMore = true; isMore; ) {
      const entries = await this.after(position, BATCH);
      for (const entry of entries) {
        this.learn(entry);
        position = entry.sequence;
        if (entry.isSettled) this.#readUpTo = position;
      }
      isMore = entries.length === BATCH;
    }
  }

  /** Of what has expired, every ten minutes. */
  protected async sweep(): Promise<void> {}

  protected schedule(afterMs = this.#pollMs): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#polling = this.#poll().finally(() => this.schedule());
    }, afterMs).unref();
  }

  async #poll(): Promise<void> {
    try {
      await this.read();
      if (++this.#polls % SWEEP_EVERY_POLLS === 0) await this.sweep();
      this.#failures = 0;
    } catch (error) {
      if (++this.#failures !== this.#patience) return;
      this.#log(`Revocations of other processes cannot be read: ${(error as Error).message}`);
    }
  }
}
