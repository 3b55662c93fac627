import {
  type Span as ApiSpan,
  SpanKind as ApiSpanKind,
  type Tracer as ApiTracer,
  type Context,
  ROOT_CONTEXT,
  type SpanContext,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { Failure } from '../../../contract/failure.js';
import type { FailureKind } from '../../../contract/failure-table.js';
import { type CallContext, noTenant } from '../../../pipeline/call-context.js';
import type { Span, SpanKind } from '../../../pipeline/span.js';
import type { ServedProtocol } from './served-operation.js';

const kinds: Record<SpanKind, ApiSpanKind> = { internal: ApiSpanKind.INTERNAL, client: ApiSpanKind.CLIENT };

const serverErrors: ReadonlySet<FailureKind> = new Set([
  'internal',
  'unavailable',
  'deadline_exceeded',
  'unimplemented',
]);

class OtelSpan implements Span {
  #lastStep = performance.now();

  constructor(
    private readonly tracer: ApiTracer,
    protected readonly span: ApiSpan,
  ) {}

  get traceparent(): string {
    return printTraceparent(this.span.spanContext());
  }

  set(name: string, value: string | number | boolean): void {
    this.span.setAttribute(name, value);
  }

  step(name: string): void {
    const now = performance.now();
    this.span.setAttribute(`app.step.${name}_ms`, Math.round((now - this.#lastStep) * 1_000) / 1_000);
    this.#lastStep = now;
  }

  child(name: string, kind: SpanKind): Span {
    const parent = trace.setSpan(ROOT_CONTEXT, this.span);
    return new OtelSpan(this.tracer, this.tracer.startSpan(name, { kind: kinds[kind] }, parent));
  }

  /** Error texts stay in the log: they may contain data of callers. */
  end(failure?: unknown): void {
    if (failure !== undefined) {
      const declared = failure instanceof Failure ? failure : undefined;
      const type = declared?.code ?? (failure instanceof Error ? failure.name : typeof failure);
      this.span.setAttribute('error.type', type);
      if (!declared || serverErrors.has(declared.kind))
        this.span.setStatus({ code: SpanStatusCode.ERROR, message: type });
    }
    this.span.end();
  }
}

export class OtelServerSpan extends OtelSpan {
  constructor(
    tracer: ApiTracer,
    span: ApiSpan,
    private readonly context: CallContext,
    private readonly served: ServedProtocol,
  ) {
    super(tracer, span);
  }

  override end(failure?: Failure): void {
    const { principal, tenant, address, requestId, isForwarded } = this.context;
    this.span.setAttributes({
      ...this.served.outcomeAttributes?.(failure),
      'app.outcome': failure?.code ?? 'OK',
      'app.caller': principal.isService ? 'service' : principal.isAnonymous ? 'anonymous' : 'user',
      'app.request_id': requestId,
      'client.address': address,
      'app.forwarded': isForwarded,
      ...(tenant !== noTenant && { 'app.tenant': tenant }),
    });
    super.end(failure);
  }
}

export const printTraceparent = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;

export function contextOf(traceparent: string | undefined): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(traceparent.slice(53), 16);
  const parent = { traceId: traceparent.slice(3, 35), spanId: traceparent.slice(36, 52), traceFlags, isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, parent);
}
