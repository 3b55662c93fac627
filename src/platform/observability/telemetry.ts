import type { DestinationStream } from 'pino';
import type { OperationMetrics } from '../../pipeline/operation-metrics.js';
import { NoTracer, type Tracer } from '../../pipeline/tracer.js';
import type { MetricFamily } from './metric-family.js';

/** Telemetry that is sent, beside `/metrics` and the log. */
export interface Telemetry {
  readonly tracer: Tracer;
  readonly logs?: DestinationStream;
  /** Sends these counters from now on. */
  observe(metrics: OperationMetrics, others?: () => readonly MetricFamily[]): void;
  /** Sends what is left, within a short time. Does not reject. */
  stop(): Promise<void>;
}

export const noTelemetry: Telemetry = { tracer: new NoTracer(), observe: () => undefined, stop: async () => undefined };
