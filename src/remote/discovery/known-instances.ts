import type { Instance, InstancesListener } from './service-directory.js';

const same = (some: readonly Instance[], others: readonly Instance[]): boolean =>
  some.length === others.length &&
  some.every(({ id, address }, index) => id === others[index]?.id && address === others[index]?.address);

/** What was last heard of one service, and who wants to hear more. */
export class KnownInstances {
  readonly #listeners = new Set<InstancesListener>();
  #instances: readonly Instance[] = [];

  get current(): readonly Instance[] {
    return this.#instances;
  }

  /** Listeners hear of changes only. */
  tell(instances: readonly Instance[]): void {
    const sorted = instances.toSorted((one, other) => (one.address < other.address ? -1 : 1));
    if (same(sorted, this.#instances)) return;
    this.#instances = sorted;
    for (const listener of this.#listeners) listener(sorted);
  }

  listen(listener: InstancesListener): () => void {
    this.#listeners.add(listener);
    listener(this.#instances);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#listeners.clear();
  }
}
