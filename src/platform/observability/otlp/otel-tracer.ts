import { type Tracer as ApiTracer, SpanKind } from '@opentelemetry/api';
import type { OperationDescriptor } from '../../../contract/module.js';
import type { CallContext } from '../../../pipeline/call-context.js';
import type { Span } from '../../../pipeline/span.js';
import { Tracer } from '../../../pipeline/tracer.js';
import { contextOf, OtelServerSpan, printTraceparent } from './otel-span.js';
import { type ServedOperation, servedOperation } from './served-operation.js';

export class OtelTracer extends Tracer {
  readonly #served = new Map<OperationDescriptor, ServedOperation>();

  constructor(private readonly tracer: ApiTracer) {
    super();
  }

  override serve(operation: OperationDescriptor, context: CallContext): Span | undefined {
    const served = this.#servedOf(operation)[context.inbound.protocol];
    const options = { kind: SpanKind.SERVER, attributes: served.attributes };
    const span = this.tracer.startSpan(served.name, options, contextOf(context.trace.parent));
    context.trace.enter(printTraceparent(span.spanContext()));
    return span.isRecording() ? new OtelServerSpan(this.tracer, span, context, served) : undefined;
  }

  #servedOf(operation: OperationDescriptor): ServedOperation {
    const known = this.#served.get(operation);
    if (known) return known;
    const served = servedOperation(operation);
    this.#served.set(operation, served);
    return served;
  }
}
