import { z } from 'zod';
import { protocols } from '../../contract/operation.js';
import type { ProcessContext } from './process-context.js';
import {
  choice,
  host,
  milliseconds,
  networks,
  onOff,
  origins,
  pemFile,
  port,
  protocolNames,
  severity,
  url,
  wholeNumber,
} from './readings.js';
import { defaultGrpcPort } from './service-defaults.js';
import { variable } from './variable.js';

const grpcPort = port.describe('a free TCP port such as 50051');
const mqttPort = port.describe('a free TCP port such as 1883');
const mqttUrl = url('mqtt', 'mqtts', 'ws', 'wss').describe('mqtt://user:password@host:1883');
const topicPrefix = z
  .string()
  .regex(/^[^\s#+$/][^\s#+/]*$/, 'is not one level of an MQTT topic')
  .describe('a word without /, + and #');

export const serverVariables = (context: ProcessContext) => ({
  ...identity(context),
  host: variable('HOST', host.describe('an address of this machine'), {
    about: 'The address to listen on; 127.0.0.1 when not set, 0.0.0.0 in production',
    fallback: context.isProduction ? '0.0.0.0' : '127.0.0.1',
  }),
  http: http(context),
  grpc: z.object({
    port: variable('GRPC_PORT', grpcPort, {
      about: 'gRPC; 50051 for the monolith and the gateway when not set, another for each service',
      fallback: `${context.service.grpcPort ?? defaultGrpcPort}`,
    }),
  }),
  mqtt: mqtt(context),
  origins: variable('ALLOWED_ORIGINS', origins, {
    about: 'Web origins, beside our own, that may open WebSockets and call by CORS, comma-separated',
    default: '',
  }),
  tls,
  logLevel: variable('LOG_LEVEL', severity, { about: 'The least severe level that is logged', default: 'info' }),
  ...shutdown(context),
  featureFlags: variable('FEATURE_FLAGS', onOff, {
    about: 'Feature flags that are on or off, comma-separated; as their contracts say when not set',
    default: '',
  }),
});

function identity({ services, service }: ProcessContext) {
  const names = Object.keys(services);
  const served = protocolNames.transform((chosen) => [...new Set([...(service.always ?? []), ...chosen])]);
  return {
    environment: variable('NODE_ENV', choice(['development', 'test', 'production']), {
      about: 'What kind of process it is; production refuses development secrets and embedded engines',
      default: 'development',
    }),
    serviceName: variable('SERVICE_NAME', z.enum(names, 'is not a service').describe(`one of ${names.join(', ')}`), {
      about: 'Which part of the product this process runs',
      default: 'monolith',
    }),
    protocols: variable('PROTOCOLS', served.describe(`a list such as ${protocols.join(',')}`), {
      about: 'The protocols to serve, comma-separated; those of the service when not set',
      fallback: service.protocols.join(','),
    }),
  };
}

const http = ({ service }: ProcessContext) =>
  z.object({
    port: variable('PORT', port, {
      about:
        'HTTP, GraphQL and WebSocket; 3000 for the monolith and the gateway when not set, another for each service, 0 for any free port',
      fallback: `${service.httpPort}`,
    }),
    trustedProxies: variable('TRUSTED_PROXIES', networks, {
      about:
        'Addresses or networks of the proxies whose X-Forwarded-For (or Forwarded) says who the caller is, comma-separated',
      default: '',
    }),
  });

const mqtt = ({ given, isProduction, service }: ProcessContext) => {
  const isServed = (given.PROTOCOLS ?? service.protocols.join()).includes('mqtt');
  return z.object({
    port: variable('MQTT_PORT', mqttPort, {
      about: 'The embedded MQTT broker, which runs when MQTT_URL is not set',
      default: '1883',
    }),
    url: variable('MQTT_URL', mqttUrl.optional(), {
      about: 'An MQTT broker in place of the embedded one',
      secret: true,
      required: isProduction && isServed && given.ALLOW_EMBEDDED !== 'true',
      alternative: 'leave mqtt out of PROTOCOLS, or set ALLOW_EMBEDDED=true to use the embedded engine',
    }),
    topicPrefix: variable('MQTT_TOPIC_PREFIX', topicPrefix, {
      about: 'The first level of every MQTT topic',
      default: 'mstv',
    }),
  });
};

const tls = z
  .object({
    certFile: variable('TLS_CERT_FILE', pemFile.optional(), {
      about: 'Certificate chain (PEM) for HTTPS and gRPC',
      needs: 'TLS_KEY_FILE',
    }),
    keyFile: variable('TLS_KEY_FILE', pemFile.optional(), {
      about: 'Private key (PEM) of TLS_CERT_FILE',
      needs: 'TLS_CERT_FILE',
    }),
    clientCaFile: variable('GRPC_TLS_CLIENT_CA_FILE', pemFile.optional(), {
      about: 'Authorities (PEM); every caller of gRPC must show a certificate of one of them',
      needs: 'TLS_CERT_FILE',
    }),
  })
  .transform(({ certFile, keyFile, ...rest }) =>
    certFile !== undefined && keyFile !== undefined ? { certFile, keyFile, ...rest } : undefined,
  )
  .optional();

function shutdown({ given, isProduction }: ProcessContext) {
  const timeout = 10_000;
  const timeoutMs = Number(given.SHUTDOWN_TIMEOUT_MS ?? timeout);
  const delay = wholeNumber(0, 3_600_000)
    .refine((ms) => ms < timeoutMs, 'leaves no time to stop')
    .describe('a number of milliseconds less than SHUTDOWN_TIMEOUT_MS');
  // for load balancers that check every second
  const productionDelay = Math.min(3_000, Math.floor(timeoutMs / 3));
  return {
    shutdownTimeoutMs: variable('SHUTDOWN_TIMEOUT_MS', milliseconds, {
      about: 'How long the process may take to finish its requests and end after a signal to stop',
      default: `${timeout}`,
    }),
    shutdownDelayMs: variable('SHUTDOWN_DELAY_MS', delay, {
      about:
        'How long a process that stops fails its readiness check before it refuses requests; 0 when not set, in production 3000 (at most a third of SHUTDOWN_TIMEOUT_MS)',
      fallback: `${isProduction ? productionDelay : 0}`,
    }),
  };
}
