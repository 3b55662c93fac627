/** One process of a service. */
export interface Instance {
  /** Of the process, where its source knows it; a new process at the same address is then another instance. */
  readonly id: string;
  /** A gRPC target that is one endpoint: `10.0.0.7:50051`, `user-service:50051`, `unix:/run/users.sock`. */
  readonly address: string;
}

export type InstancesListener = (instances: readonly Instance[]) => void;

/** Where the instances of a service are. Asking about a service begins to look for it. */
export abstract class ServiceDirectory {
  /** The healthy ones as last heard, from memory: while the source is away, those it knew. */
  abstract instances(service: string): readonly Instance[];
  /** Tells what is known now and every change of it, until the function it returns is called. */
  abstract watch(service: string, listener: InstancesListener): () => void;
  /** Resolves when the source has answered about `service`, has failed to, or this directory is closed. */
  abstract ready(service: string): Promise<void>;
  /** An instance did not answer: asks again soon, where the source does not tell by itself. */
  abstract refresh(service: string): void;
  abstract close(): Promise<void>;
}
