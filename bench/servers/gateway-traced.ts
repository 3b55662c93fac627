import { Child } from '../child.js';
import type { Target } from '../target.js';
import { serve as serveGateway } from './gateway-ours.js';
import type { TelemetrySink } from './telemetry-sink.js';

/** Gateway and service that send what they measure to a collector; `share`, from 0 to 1, of the requests are traced. */
export async function serve(share = 1): Promise<Target> {
  const { child, first } = await Child.start<never, never, TelemetrySink>('servers/telemetry-sink.ts', []);
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: first.url, OTEL_TRACES_SAMPLER_ARG: String(share) };
  return { ...(await serveGateway(environment)), collector: child.pid };
}
