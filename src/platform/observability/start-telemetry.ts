import type { Configuration } from '../config/configuration.js';
import { noTelemetry, type Telemetry } from './telemetry.js';

/** Loads nothing without an endpoint. `log`: a line for start and end of each outage. */
export async function startTelemetry(configuration: Configuration, log: (line: string) => void): Promise<Telemetry> {
  const { otlpEndpoint } = configuration.telemetry;
  if (otlpEndpoint === undefined) return noTelemetry;
  const { OtlpTelemetry } = await import('./otlp/otlp-telemetry.js');
  return new OtlpTelemetry({ ...configuration.telemetry, ...configuration, otlpEndpoint, log });
}
