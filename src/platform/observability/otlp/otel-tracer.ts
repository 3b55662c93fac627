import { type Tracer as ApiTracer, SpanKind } from '@opentelemetry/api';
import type { OperationDescriptor } from '../../../contract/module.js';
import type { CallContext } from '../../../pipeline/call-context.js';
import type { ServerSpan } from '../../../pipeline/span.js';
import { Tracer } from '../../../pipeline/tracer.js';
import { contextOf, OtelServerSpan, printTraceparent } from './otel-span.js';
import { ServedOperations } from './served-operation.js';

export class OtelTracer extends Tracer {
  readonly #served = new ServedOperations();

  constructor(private readonly tracer: ApiTracer) {
    super();
  }

  override serve(operation: OperationDescriptor, call: CallContext): ServerSpan | undefined {
    const served = this.#served.of(operation, call.inbound.protocol);
    const options = { kind: SpanKind.SERVER, attributes: served.attributes };
    const span = this.tracer.startSpan(served.name, options, contextOf(call.trace.parent));
    call.trace.enter(printTraceparent(span.spanContext()));
    return span.isRecording() ? new OtelServerSpan(this.tracer, span, call, served) : undefined;
  }
}
