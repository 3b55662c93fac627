import type { Configuration } from '../config/configuration.js';
import { noTelemetry, type Telemetry } from './telemetry.js';

/** Nothing, and none of its code is loaded, without an endpoint. `log` is told once of each outage and of its end. */
export async function startTelemetry(configuration: Configuration, log: (line: string) => void): Promise<Telemetry> {
  const { otlpEndpoint } = configuration.telemetry;
  if (otlpEndpoint === undefined) return noTelemetry;
  const { OtlpTelemetry } = await import('./otlp/otlp-telemetry.js');
  return new OtlpTelemetry({ ...configuration.telemetry, ...configuration, otlpEndpoint, log });
}
