import type { OperationDescriptor } from '../contract/module.js';
import type { CallContext } from './call-context.js';
import type { Decision } from './principal.js';

/** What comes after the steps of the edge: in this process, or in the one that has the handler. */
export abstract class Executor {
  /** `decision` is what `call.principal.authorize(operation)` gave, `input` is validated. Rejects with what the caller may see. */
  abstract run(
    operation: OperationDescriptor,
    call: CallContext,
    decision: Decision,
    input: object,
    idempotencyKey?: string,
  ): Promise<unknown>;
}

/** Of operations whose module runs elsewhere: their owner runs the steps of an owner. */
export abstract class RemoteExecutor extends Executor {}
