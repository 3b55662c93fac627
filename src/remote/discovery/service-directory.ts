import { isDeepStrictEqual } from 'node:util';

export interface Instance {
  /** Of the process, if known: a new process at the same address is another instance. */
  readonly id: string;
  /** gRPC target with one endpoint: `10.0.0.7:50051`, `user-service:50051`, `unix:/run/users.sock`. */
  readonly address: string;
}

type InstancesListener = (instances: readonly Instance[]) => void;

const byAddress = (one: Instance, other: Instance): number => (one.address < other.address ? -1 : 1);

export class InstanceList {
  current: readonly Instance[] = [];
  source: InstanceSource | undefined;
  readonly #listeners = new Set<InstancesListener>();

  constructor(readonly service: string) {}

  set(instances: readonly Instance[]): void {
    const sorted = instances.toSorted(byAddress);
    if (isDeepStrictEqual(sorted, this.current)) return;
    this.current = sorted;
    for (const listener of this.#listeners) listener(sorted);
  }

  listen(listener: InstancesListener): () => void {
    this.#listeners.add(listener);
    listener(this.current);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> | void {
    this.#listeners.clear();
    return this.source?.close();
  }
}

export interface InstanceSource {
  refresh?(): void;
  close(): Promise<void> | void;
}

export abstract class ServiceDirectory {
  readonly #lists = new Map<string, InstanceList>();

  watch(service: string, listener: InstancesListener): () => void {
    return this.#list(service).listen(listener);
  }

  /** Call it when an instance did not answer. */
  refresh(service: string): void {
    this.#list(service).source?.refresh?.();
  }

  async close(): Promise<void> {
    await Promise.all(this.#lists.values().map((list) => list.close()));
  }

  protected abstract follow(list: InstanceList): InstanceSource | undefined;

  #list(service: string): InstanceList {
    return this.#lists.getOrInsertComputed(service, () => {
      const list = new InstanceList(service);
      list.source = this.follow(list);
      return list;
    });
  }
}
