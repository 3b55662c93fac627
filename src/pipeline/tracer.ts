import type { OperationDescriptor } from '../contract/module.js';
import type { CallContext } from './call-context.js';
import type { ServerSpan } from './span.js';

/** Makes the span of a call at the door of this process; all others are children of it, found at `CallContext.span`. */
export abstract class Tracer {
  /** Undefined where the call is not recorded. The trace of the call is seen from the new span from now on. */
  abstract serve(operation: OperationDescriptor, call: CallContext): ServerSpan | undefined;
}

/** Records nothing and allocates nothing. */
export class NoTracer extends Tracer {
  override serve(): undefined {}
}
