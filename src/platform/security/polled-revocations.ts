import { type BeforeApplicationShutdown, Logger, type OnModuleInit } from '@nestjs/common';
import { wallClock } from '../../contract/wall-clock.js';
import { type RevocableClaims, type RevocationEntry, Revocations } from '../../ports/revocations.js';
import { RepeatedTask } from '../schedule/repeated-task.js';
import { RevocationTable } from './revocation-table.js';

export interface PolledRevocationsOptions {
  readonly pollMs?: number;
  readonly logger?: Pick<Logger, 'warn'>;
  /** Failed polls in a row before one is logged; 1 when absent. */
  readonly failuresBeforeLog?: number;
  readonly now?: () => number;
}

const POLL_MS = 1000;
const BATCH = 1000;

export abstract class PolledRevocations extends Revocations implements OnModuleInit, BeforeApplicationShutdown {
  protected readonly known: RevocationTable;
  protected readonly now: () => number;
  protected readonly polling: RepeatedTask;
  #readUpTo = 0;
  #failures = 0;

  constructor(private readonly options: PolledRevocationsOptions = {}) {
    super();
    const { now = wallClock, pollMs = POLL_MS } = options;
    this.now = now;
    this.known = new RevocationTable(now);
    this.polling = new RepeatedTask(() => this.#poll(), pollMs);
  }

  protected abstract after(sequence: number, limit: number): Promise<readonly RevocationEntry[]>;

  override isRevoked(claims: RevocableClaims): boolean {
    return this.known.isRevoked(claims);
  }

  /** Resolves when all earlier revocations are known here. */
  async onModuleInit(): Promise<void> {
    await this.#read();
    this.polling.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.polling.stop();
  }

  /** Reads unsettled entries repeatedly: one of a lower sequence may still appear. */
  async #read(): Promise<void> {
    let position = this.#readUpTo;
    for (let isMore = true; isMore; ) {
      const entries = await this.after(position, BATCH);
      for (const { sequence, subject, revokedAt, expiresAt, isSettled } of entries) {
        this.known.add(subject, revokedAt, expiresAt);
        position = sequence;
        if (isSettled) this.#readUpTo = position;
      }
      isMore = entries.length === BATCH;
    }
  }

  async #poll(): Promise<void> {
    try {
      await this.#read();
      this.#failures = 0;
    } catch (error) {
      const { failuresBeforeLog = 1, logger = new Logger('Revocations') } = this.options;
      if (++this.#failures !== failuresBeforeLog) return;
      logger.warn(`Revocations of other processes cannot be read: ${(error as Error).message}`);
    }
  }
}
