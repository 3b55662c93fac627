import type { OperationDescriptor } from '../contract/module.js';
import type { CallContext } from './call-context.js';

/** Gives validated input to the handler of an operation, wherever it is. */
export abstract class Dispatcher {
  abstract dispatch(operation: OperationDescriptor, input: object, call: CallContext): Promise<unknown>;
}
