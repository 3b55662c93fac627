import type { DestinationStream } from 'pino';
import type { OperationMetrics } from '../../pipeline/operation-metrics.js';
import { NoTracer, type Tracer } from '../../pipeline/tracer.js';
import type { Configuration } from '../config/configuration.js';
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

/** Loads nothing without an endpoint. `log`: a line for start and end of each outage. */
export async function startTelemetry(configuration: Configuration, log: (line: string) => void): Promise<Telemetry> {
  const { otlpEndpoint } = configuration.telemetry;
  if (otlpEndpoint === undefined) return noTelemetry;
  const { OtlpTelemetry } = await import('./otlp/otlp-telemetry.js');
  return new OtlpTelemetry(otlpEndpoint, configuration, log);
}
