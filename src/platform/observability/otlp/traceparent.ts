import { type Context, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';

/** `00-<trace>-<span>-<flags>`. */
export const printTraceparent = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;

/** What a span below this one starts from; `traceparent` is valid. */
export function contextOf(traceparent: string | undefined): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(traceparent.slice(53), 16);
  const parent = { traceId: traceparent.slice(3, 35), spanId: traceparent.slice(36, 52), traceFlags, isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, parent);
}
