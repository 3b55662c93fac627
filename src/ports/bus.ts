import type { Operation, OutputOf } from '../contract/operation.js';

export interface ExecuteOptions {
  /** At most 255 characters, kept 24 hours. */
  readonly idempotencyKey?: string;
}

/** Runs an operation where its handler is, in this process or in another. */
export abstract class Bus {
  /** As the current caller, within its deadline. Throws declared and built-in failures; an Error inside `uow.run`. */
  abstract execute<M extends Operation>(message: M, options?: ExecuteOptions): Promise<OutputOf<M>>;

  /** Acts as this service: the only way to internal operations. */
  abstract readonly asService: Bus;
}
