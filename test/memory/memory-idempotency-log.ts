import { IdempotencyKeyInUse } from '../../src/contract/built-in-failures.js';
import {
  type CommandOutcome,
  IdempotencyLog,
  type IdempotentRequest,
  type StoredOutcome,
} from '../../src/pipeline/idempotency.js';
import { MemoryStore } from './memory-store.js';
import { MemoryTransaction } from './memory-transaction.js';

const DAY_MS = 24 * 60 * 60 * 1000;

interface Entry extends StoredOutcome {
  readonly id: string;
  readonly expiresAt: number;
}

const idOf = ({ scope, key }: IdempotentRequest): string => `${scope}\n${key}`;

/** Keys and outcomes in this process. */
export class MemoryIdempotencyLog extends IdempotencyLog {
  readonly #entries = new MemoryStore<Entry>({ key: ({ id }) => id });
  readonly #claims = new Map<string, MemoryTransaction>();

  constructor(private readonly keptMs = DAY_MS) {
    super();
  }

  override async find(request: IdempotentRequest): Promise<StoredOutcome | undefined> {
    const entry = this.#entries.get(idOf(request));
    return entry && entry.expiresAt > performance.now() ? entry : undefined;
  }

  override async claim(request: IdempotentRequest): Promise<StoredOutcome | undefined> {
    const transaction = MemoryTransaction.current;
    if (!transaction) throw new Error('a key is claimed inside a unit of work');
    const id = idOf(request);
    const holder = this.#claims.get(id);
    if (holder && holder !== transaction) throw new IdempotencyKeyInUse();
    if (!holder) {
      this.#claims.set(id, transaction);
      transaction.atEnd(() => this.#claims.delete(id));
    }
    return this.find(request);
  }

  override async record(request: IdempotentRequest, outcome: CommandOutcome): Promise<void> {
    this.#entries.put({
      id: idOf(request),
      fingerprint: request.fingerprint,
      outcome,
      expiresAt: performance.now() + this.keptMs,
    });
  }

  /** Forgets expired keys; gives how many. */
  async sweep(): Promise<number> {
    const expired = this.#entries.values().filter(({ expiresAt }) => expiresAt <= performance.now());
    for (const { id } of expired) this.#entries.delete(id);
    return expired.length;
  }
}
