import { currentCall } from '../../src/pipeline/call-context.js';

/** What one store keeps for one transaction until it commits. */
export interface Changes {
  /** Whether someone else has committed what these changes collide with. */
  conflict(): boolean;
  commit(): void;
}

/** The transaction that a unit of work over memory stores runs in. */
export class MemoryTransaction {
  readonly #changes = new Map<object, Changes>();
  readonly #atEnd: (() => void)[] = [];

  static get current(): MemoryTransaction | undefined {
    const transaction = currentCall()?.transaction;
    return transaction instanceof MemoryTransaction ? transaction : undefined;
  }

  /** The changes to `store`, made with `begin` at the first use. */
  changesOf<C extends Changes>(store: object, begin: () => C): C {
    const changes = (this.#changes.get(store) as C | undefined) ?? begin();
    this.#changes.set(store, changes);
    return changes;
  }

  atEnd(action: () => void): void {
    this.#atEnd.push(action);
  }

  /** All changes, or, after a conflict, none. */
  commit(): boolean {
    const all = [...this.#changes.values()];
    if (all.some((changes) => changes.conflict())) return false;
    for (const changes of all) changes.commit();
    return true;
  }

  end(): void {
    for (const action of this.#atEnd) action();
  }
}
