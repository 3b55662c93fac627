import type { Configuration } from '../config/configuration.js';
import { noTelemetry, type Telemetry } from './telemetry.js';

/** Without an endpoint nothing is sent, and none of its code is loaded. `log`: a line for each outage and its end. */
export async function startTelemetry(configuration: Configuration, log: (line: string) => void): Promise<Telemetry> {
  const { otlpEndpoint } = configuration.telemetry;
  if (otlpEndpoint === undefined) return noTelemetry;
  const { OtlpTelemetry } = await import('./otlp/otlp-telemetry.js');
  return new OtlpTelemetry({ ...configuration.telemetry, ...configuration, otlpEndpoint, log });
}
