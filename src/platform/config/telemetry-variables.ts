import { z } from 'zod';
import { headers, ratio, url } from './readings.js';
import { variable } from './variable.js';

/** Current versions of Jaeger take OTLP instead of port 14268. */
const otlpOfJaeger = (endpoint: string) => `http://${new URL(endpoint).hostname}:4318`;

const otlpEndpoint = url('http', 'https').describe('http://host:4318');
const jaegerEndpoint = url('http', 'https').describe('nothing: set OTEL_EXPORTER_OTLP_ENDPOINT');

export const telemetryVariables = {
  telemetry: z
    .object({
      otlpEndpoint: variable('OTEL_EXPORTER_OTLP_ENDPOINT', otlpEndpoint.optional(), {
        about: 'Where traces, metrics and logs are sent (OTLP over HTTP)',
        secret: true,
      }),
      headers: variable('OTEL_EXPORTER_OTLP_HEADERS', headers, {
        about: 'Sent along with every export, such as the key of a hosted backend',
        default: '',
        secret: true,
      }),
      sampledShare: variable('OTEL_TRACES_SAMPLER_ARG', ratio, {
        about: 'The share of the traces begun here that is recorded; for other traces the caller decides',
        default: '1',
      }),
      jaegerEndpoint: variable('JAEGER_ENDPOINT', jaegerEndpoint.optional(), {
        about: 'Former name of OTEL_EXPORTER_OTLP_ENDPOINT; its host is used with port 4318',
        secret: true,
      }),
    })
    .transform(({ jaegerEndpoint: former, ...rest }) => ({
      ...rest,
      otlpEndpoint: rest.otlpEndpoint ?? (former && otlpOfJaeger(former)),
    })),
};
