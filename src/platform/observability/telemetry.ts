import type { DestinationStream } from 'pino';
import type { OperationMetrics } from '../../pipeline/operation-metrics.js';
import { NoTracer, type Tracer } from '../../pipeline/tracer.js';
import type { MetricFamily } from './metric-family.js';

/** What leaves this process about itself, beside `/metrics` and the log. */
export interface Telemetry {
  readonly tracer: Tracer;
  /** Takes the lines of the log. */
  readonly logs?: DestinationStream;
  /** From now on these counts are sent. */
  observe(metrics: OperationMetrics, others?: () => readonly MetricFamily[]): void;
  /** Sends what is left, for a moment. Does not reject. */
  stop(): Promise<void>;
}

export const noTelemetry: Telemetry = { tracer: new NoTracer(), observe: () => undefined, stop: async () => undefined };
