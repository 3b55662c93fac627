import type { Decode } from '../contract/json-codec.js';
import type { OperationDescriptor } from '../contract/module.js';
import type { CallContext } from './call-context.js';
import type { Decision } from './principal.js';

/** One call of an operation on its way through the pipeline. Each step takes it alone, and leaves there what it finds. */
export class Call {
  /** Of the step `authorize`: what is left to check. */
  decision: Decision = {};
  /** Of the step `validate`: the input as its schema gives it. */
  input: object = {};
  idempotencyKey: string | undefined;

  /** `decode` reads the `payload` of the transport. */
  constructor(
    readonly operation: OperationDescriptor,
    readonly context: CallContext,
    readonly payload: unknown,
    readonly decode: Decode,
  ) {
    this.idempotencyKey = context.inbound.idempotencyKey;
  }
}
