import type { DestinationStream } from 'pino';
import type { OperationMetrics } from '../../pipeline/operation-metrics.js';
import { NoTracer, type Tracer } from '../../pipeline/tracer.js';
import type { MetricFamily } from './metric-family.js';

/** Sent in addition to `/metrics` and the log. */
export interface Telemetry {
  readonly tracer: Tracer;
  readonly logs?: DestinationStream;
  observe(metrics: OperationMetrics, others?: () => readonly MetricFamily[]): void;
  /** Flushes, within a short time. Never rejects. */
  stop(): Promise<void>;
}

export const noTelemetry: Telemetry = { tracer: new NoTracer(), observe: () => undefined, stop: async () => undefined };
