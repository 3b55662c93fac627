import type { OperationDescriptor } from '../contract/module.js';
import type { CallContext } from './call-context.js';
import type { ServerSpan } from './span.js';

/** Starts the span of a call in this process, and makes it the current one of its trace. */
export abstract class Tracer {
  /** Undefined where the call is not recorded. */
  abstract serve(operation: OperationDescriptor, call: CallContext): ServerSpan | undefined;
}

export class NoTracer extends Tracer {
  override serve(): undefined {}
}
