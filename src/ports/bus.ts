import type { Operation, OutputOf } from '../contract/operation.js';

export interface ExecuteOptions {
  /** Makes a command safe to retry; at most 255 characters, kept 24 h. */
  readonly idempotencyKey?: string;
}

/** Runs an operation where its handler is: in this process or, the same to the caller, in another one. */
export abstract class Bus {
  /**
   * As the current caller, within what is left of the current deadline.
   * Throws the failures the operation declares and the built-in ones; throws an Error inside `uow.run`:
   * ask before, react after.
   */
  abstract execute<M extends Operation>(message: M, options?: ExecuteOptions): Promise<OutputOf<M>>;

  /** The same bus, acting as this service instead of the caller; the only way to internal operations. */
  abstract readonly asService: Bus;
}
