import type { Decode } from '../contract/json-codec.js';
import type { OperationDescriptor } from '../contract/module.js';
import type { CallContext } from './call-context.js';
import type { Decision } from './principal.js';

const nothingLeft: Decision = {};
const noInput = {};

/** The steps of the pipeline take it alone and write their results into it. */
export class Call {
  decision = nothingLeft;
  input: object = noInput;
  idempotencyKey: string | undefined;

  constructor(
    readonly operation: OperationDescriptor,
    readonly context: CallContext,
    readonly payload: unknown,
    readonly decode: Decode,
  ) {
    this.idempotencyKey = context.inbound.idempotencyKey;
  }
}
