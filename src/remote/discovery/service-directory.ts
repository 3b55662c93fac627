import { isDeepStrictEqual } from 'node:util';

export interface Instance {
  /** Of the process, if known: a new process at the same address is another instance. */
  readonly id: string;
  /** gRPC target with one endpoint: `10.0.0.7:50051`, `user-service:50051`, `unix:/run/users.sock`. */
  readonly address: string;
}

export type InstancesListener = (instances: readonly Instance[]) => void;

const byAddress = (one: Instance, other: Instance): number => (one.address < other.address ? -1 : 1);

export class InstanceList {
  readonly #listeners = new Set<InstancesListener>();
  #instances: readonly Instance[] = [];

  get current(): readonly Instance[] {
    return this.#instances;
  }

  set(instances: readonly Instance[]): void {
    const sorted = instances.toSorted(byAddress);
    if (isDeepStrictEqual(sorted, this.#instances)) return;
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

export interface InstanceSource {
  refresh?(): void;
  close(): Promise<void> | void;
}

interface WatchedService {
  readonly list: InstanceList;
  readonly source: InstanceSource | undefined;
}

export abstract class ServiceDirectory {
  readonly #services = new Map<string, WatchedService>();

  /** Calls `listener` now and at every change, until the returned function is called. */
  watch(service: string, listener: InstancesListener): () => void {
    return this.#watched(service).list.listen(listener);
  }

  /** Call it when an instance did not answer. */
  refresh(service: string): void {
    this.#watched(service).source?.refresh?.();
  }

  async close(): Promise<void> {
    const services = [...this.#services.values()];
    for (const { list } of services) list.close();
    await Promise.all(services.map(({ source }) => source?.close()));
  }

  protected abstract follow(service: string, list: InstanceList): InstanceSource | undefined;

  #watched(service: string): WatchedService {
    return this.#services.getOrInsertComputed(service, () => {
      const list = new InstanceList();
      return { list, source: this.follow(service, list) };
    });
  }
}
