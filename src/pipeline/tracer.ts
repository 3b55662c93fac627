import type { OperationDescriptor } from '../contract/module.js';
import type { CallContext } from './call-context.js';
import type { Span } from './span.js';

export abstract class Tracer {
  /** Undefined when the call is not recorded. Makes the span current. */
  abstract serve(operation: OperationDescriptor, context: CallContext): Span | undefined;
}

export class NoTracer extends Tracer {
  override serve(): undefined {}
}
