import { type Changes, MemoryTransaction } from './memory-transaction.js';

/** Two values of a store may not have the same `field`. */
export class DuplicateValue extends Error {
  constructor(readonly field: string) {
    super(`another value has this ${field}`);
  }
}

export interface MemoryStoreOptions<V> {
  readonly key: (value: V) => string;
  /** Further fields that no two values share. */
  readonly unique?: Readonly<Record<string, (value: V) => string>>;
}

/**
 * A table for memory adapters: what a unit of work changes is seen by others when it commits, and never if it fails.
 * Values are taken as immutable.
 */
export class MemoryStore<V extends object> {
  readonly #rows = new Map<string, V>();
  readonly #indexes: readonly { field: string; of: (value: V) => string; keys: Map<string, string> }[];
  readonly #key: (value: V) => string;

  constructor({ key, unique = {} }: MemoryStoreOptions<V>) {
    this.#key = key;
    this.#indexes = Object.entries(unique).map(([field, of]) => ({ field, of, keys: new Map() }));
  }

  get(key: string): V | undefined {
    return MemoryTransaction.current ? this.#changes.get(key) : this.#rows.get(key);
  }

  /** The value whose unique `field` is `value`. */
  find(field: string, value: string): V | undefined {
    const index = this.#indexes.find((candidate) => candidate.field === field);
    if (!index) throw new Error(`${field} is not a unique field of this store`);
    if (!MemoryTransaction.current) return this.#rows.get(index.keys.get(value) ?? '');
    return this.values().find((row) => index.of(row) === value);
  }

  values(): V[] {
    return MemoryTransaction.current ? [...this.#changes.all().values()] : [...this.#rows.values()];
  }

  /** Adds the value, or replaces the one with its key. Throws DuplicateValue. */
  put(value: V): void {
    const key = this.#key(value);
    for (const { field, of } of this.#indexes) {
      const other = this.find(field, of(value));
      if (other && this.#key(other) !== key) throw new DuplicateValue(field);
    }
    if (MemoryTransaction.current) this.#changes.set(key, value);
    else this.#write(key, value);
  }

  delete(key: string): boolean {
    const there = this.get(key) !== undefined;
    if (MemoryTransaction.current) this.#changes.set(key, undefined);
    else this.#write(key, undefined);
    return there;
  }

  get #changes(): StoreChanges<V> {
    const transaction = MemoryTransaction.current;
    if (!transaction) throw new Error('outside any unit of work');
    return transaction.changesOf(this, () => new StoreChanges(this.#rows, this.#write, this.#collides));
  }

  readonly #write = (key: string, value: V | undefined): void => {
    const old = this.#rows.get(key);
    for (const { of, keys } of this.#indexes) {
      if (old && keys.get(of(old)) === key) keys.delete(of(old));
      if (value) keys.set(of(value), key);
    }
    if (value) this.#rows.set(key, value);
    else this.#rows.delete(key);
  };

  readonly #collides = (key: string, value: V, replaced: ReadonlyMap<string, unknown>): boolean =>
    this.#indexes.some(({ of, keys }) => {
      const owner = keys.get(of(value));
      return owner !== undefined && owner !== key && !replaced.has(owner);
    });
}

/** A transaction's view of a store: its own changes over what is committed. */
class StoreChanges<V extends object> implements Changes {
  readonly #written = new Map<string, V | undefined>();
  /** What was committed under a key when this transaction first met it. */
  readonly #met = new Map<string, V | undefined>();

  constructor(
    private readonly rows: ReadonlyMap<string, V>,
    private readonly write: (key: string, value: V | undefined) => void,
    private readonly collides: (key: string, value: V, replaced: ReadonlyMap<string, unknown>) => boolean,
  ) {}

  get(key: string): V | undefined {
    this.#meet(key);
    return this.#written.has(key) ? this.#written.get(key) : this.rows.get(key);
  }

  all(): Map<string, V> {
    const view = new Map(this.rows);
    for (const [key, value] of this.#written) {
      if (value) view.set(key, value);
      else view.delete(key);
    }
    return view;
  }

  set(key: string, value: V | undefined): void {
    this.#meet(key);
    this.#written.set(key, value);
  }

  conflict(): boolean {
    return [...this.#written].some(
      ([key, value]) =>
        this.rows.get(key) !== this.#met.get(key) || (value !== undefined && this.collides(key, value, this.#written)),
    );
  }

  commit(): void {
    // Deletions first: a unique value may have moved from one row to another.
    for (const [key, value] of this.#written) if (!value) this.write(key, value);
    for (const [key, value] of this.#written) if (value) this.write(key, value);
  }

  #meet(key: string): void {
    if (!this.#met.has(key)) this.#met.set(key, this.rows.get(key));
  }
}
