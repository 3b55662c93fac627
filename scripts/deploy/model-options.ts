import type { OptionalPart } from './model-types.js';

export const optionalParts: readonly OptionalPart[] = [
  {
    name: 'consul',
    settings: { DISCOVERY: 'consul', CONSUL_HOST: 'consul', CONSUL_PORT: '8500' },
    optionalSecrets: ['CONSUL_TOKEN'],
    needs: { name: 'consul', port: 8500, otherPort: 8501 },
  },
  {
    name: 'otel',
    settings: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel-collector:4318', OTEL_TRACES_SAMPLER_ARG: '0.1' },
    optionalSecrets: ['OTEL_EXPORTER_OTLP_HEADERS'],
    needs: { name: 'otel', port: 4318 },
  },
];

const folder = '/run/secrets/tls';

/** Mutual TLS between services: every process shows a certificate, and the services ask their callers for one. */
export const mutualTls = {
  folder,
  ofCaller: {
    SERVICE_TLS_CERT_FILE: `${folder}/tls.crt`,
    SERVICE_TLS_KEY_FILE: `${folder}/tls.key`,
    SERVICE_TLS_CA_FILE: `${folder}/ca.crt`,
  },
  /** Not of the gateway: its callers from outside have no such certificate. */
  ofService: {
    TLS_CERT_FILE: `${folder}/tls.crt`,
    TLS_KEY_FILE: `${folder}/tls.key`,
    GRPC_TLS_CLIENT_CA_FILE: `${folder}/ca.crt`,
  },
} as const;
