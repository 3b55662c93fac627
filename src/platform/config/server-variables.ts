import { z } from 'zod';
import { protocols } from '../../contract/operation.js';
import { logLevels } from './configuration.js';
import { choice, choices, host, networks, onOff, origins, port, text, url, wholeNumber } from './readings.js';
import type { Variable } from './variable.js';

const milliseconds = wholeNumber(1, 24 * 3_600_000);

export const serverVariables = {
  NODE_ENV: {
    schema: choice(['development', 'test', 'production']),
    about: 'What kind of process it is; production refuses development secrets and embedded engines',
    expected: 'development, test or production',
    default: 'development',
  },
  SERVICE_NAME: {
    schema: text,
    about: 'Which part of the product this process runs',
    expected: 'the name of a service',
    default: 'monolith',
  },
  PROTOCOLS: {
    schema: choices(protocols).optional(),
    about: 'The protocols to serve, comma-separated; those of the service when not set',
    expected: `a list such as ${protocols.join(',')}`,
  },
  HOST: {
    schema: host.optional(),
    about: 'The address to listen on; 127.0.0.1 when not set, 0.0.0.0 in production',
    expected: 'an address of this machine',
  },
  PORT: {
    schema: port.optional(),
    about:
      'HTTP, GraphQL and WebSocket; 3000 for the monolith and the gateway when not set, another for each service, 0 for any free port',
    expected: 'a free TCP port such as 3000',
  },
  GRPC_PORT: {
    schema: port.optional(),
    about: 'gRPC; 50051 for the monolith and the gateway when not set, another for each service',
    expected: 'a free TCP port such as 50051',
  },
  MQTT_PORT: {
    schema: port,
    about: 'The embedded MQTT broker, which runs when MQTT_URL is not set',
    expected: 'a free TCP port such as 1883',
    default: '1883',
  },
  MQTT_URL: {
    schema: url('mqtt', 'mqtts', 'ws', 'wss').optional(),
    about: 'An MQTT broker in place of the embedded one',
    expected: 'mqtt://user:password@host:1883',
    secret: true,
  },
  MQTT_TOPIC_PREFIX: {
    schema: z.string().regex(/^[^\s#+$/][^\s#+/]*$/, 'is not one level of an MQTT topic'),
    about: 'The first level of every MQTT topic',
    expected: 'a word without /, + and #',
    default: 'mstv',
  },
  ALLOWED_ORIGINS: {
    schema: origins,
    about: 'Web origins, beside our own, that may open WebSockets and call by CORS, comma-separated',
    expected: 'a list such as https://app.example.com,http://localhost:5173',
    default: '',
  },
  TRUSTED_PROXIES: {
    schema: networks,
    about:
      'Addresses or networks of the proxies that are believed whom they were called by (X-Forwarded-For, or Forwarded), comma-separated',
    expected: 'a list such as 10.0.0.0/8,127.0.0.1',
    default: '',
  },
  TLS_CERT_FILE: {
    schema: text.optional(),
    about: 'Certificate chain (PEM) for HTTPS and gRPC; needs TLS_KEY_FILE',
    expected: 'the path of a PEM file',
  },
  TLS_KEY_FILE: {
    schema: text.optional(),
    about: 'Private key (PEM) of TLS_CERT_FILE',
    expected: 'the path of a PEM file',
  },
  GRPC_TLS_CLIENT_CA_FILE: {
    schema: text.optional(),
    about: 'Authorities (PEM) of one of which every caller of gRPC must show a certificate; needs TLS_CERT_FILE',
    expected: 'the path of a PEM file',
  },
  LOG_LEVEL: {
    schema: choice(logLevels),
    about: 'The least severe level that is logged',
    expected: 'one of fatal, error, warn, info, debug, trace, silent',
    default: 'info',
  },
  SHUTDOWN_TIMEOUT_MS: {
    schema: milliseconds,
    about: 'How long the process has to end when it is told to stop, with all the requests it has taken',
    expected: 'a number of milliseconds',
    default: '10000',
  },
  SHUTDOWN_DELAY_MS: {
    schema: wholeNumber(0, 3_600_000).optional(),
    about:
      'How long a process that is to stop says so in its health checks before it refuses requests; 0 when not set, in production 3000 (at most a third of SHUTDOWN_TIMEOUT_MS)',
    expected: 'a number of milliseconds less than SHUTDOWN_TIMEOUT_MS',
  },
  FEATURE_FLAGS: {
    schema: onOff,
    about: 'Feature flags that are on or off, comma-separated; as their contracts say when not set',
    expected: 'a list such as new-search=true,old-export=false',
    default: '',
  },
} as const satisfies Record<string, Variable>;
