/** One process of a service. */
export interface Instance {
  /** Of the process, where its source knows it; a new process at the same address is then another instance. */
  readonly id: string;
  /** A gRPC target that is one endpoint: `10.0.0.7:50051`, `user-service:50051`, `unix:/run/users.sock`. */
  readonly address: string;
}

export type InstancesListener = (instances: readonly Instance[]) => void;

/** Where the healthy instances of a service are. */
export abstract class ServiceDirectory {
  /**
   * Looks for the service from now on. Tells what is known now and every change of it, until the function it returns is
   * called; while the source is away, what it knew stays.
   */
  abstract watch(service: string, listener: InstancesListener): () => void;
  /** An instance did not answer: asks again soon, where the source does not tell by itself. */
  abstract refresh(service: string): void;
  abstract close(): Promise<void>;
}
