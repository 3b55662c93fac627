import { ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { type AnyValueMap, type Logger, SeverityNumber } from '@opentelemetry/api-logs';
import type { DestinationStream } from 'pino';

/** Levels of pino have the names of OpenTelemetry, in lower case. */
const severityOf = (level: string): SeverityNumber =>
  SeverityNumber[level.toUpperCase() as keyof typeof SeverityNumber] ?? SeverityNumber.UNSPECIFIED;

interface Line extends AnyValueMap {
  readonly level: string;
  readonly time: number;
  readonly msg?: string;
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly err?: { readonly type?: string; readonly message?: string; readonly stack?: string };
}

const contextOf = (traceId: string | undefined, spanId: string | undefined) =>
  traceId !== undefined && spanId !== undefined
    ? trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED })
    : ROOT_CONTEXT;

const exception = (err: Line['err']): AnyValueMap =>
  err ? { 'exception.type': err.type, 'exception.message': err.message, 'exception.stacktrace': err.stack } : {};

export const logRecords = (logger: Logger): DestinationStream => ({
  write(text: string) {
    const { level, time, msg, trace_id, span_id, pid: _, hostname: __, err, ...rest } = JSON.parse(text) as Line;
    logger.emit({
      severityText: level,
      severityNumber: severityOf(level),
      timestamp: time,
      body: msg ?? '',
      attributes: { ...rest, ...exception(err) },
      context: contextOf(trace_id, span_id),
    });
  },
});
