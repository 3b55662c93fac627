import { headers, ratio, url } from './readings.js';
import type { Variable } from './variable.js';

/** By the names that OpenTelemetry gave them. */
export const telemetryVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: url('http', 'https').optional(),
    about: 'Where traces, metrics and logs are sent (OTLP over HTTP)',
    expected: 'http://host:4318',
    secret: true,
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    schema: headers,
    about: 'Sent along with every export, such as the key of a hosted backend',
    expected: 'a list such as signoz-ingestion-key=abc,x-team=core',
    default: '',
    secret: true,
  },
  OTEL_TRACES_SAMPLER_ARG: {
    schema: ratio,
    about: 'The share of the traces begun here that is recorded; those begun elsewhere are as their caller decided',
    expected: 'a number from 0 to 1',
    default: '1',
  },
  JAEGER_ENDPOINT: {
    schema: url('http', 'https').optional(),
    about: 'Former name of OTEL_EXPORTER_OTLP_ENDPOINT; its host is taken with port 4318',
    expected: 'nothing: set OTEL_EXPORTER_OTLP_ENDPOINT',
    secret: true,
  },
} as const satisfies Record<string, Variable>;
