import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Configuration, ConsulSettings, TokenSettings } from './configuration.js';
import { DEMO_ADMIN, DEVELOPMENT_JWT_SECRET } from './development-defaults.js';
import { endpoint, localAddress } from './host.js';
import { type Given, hasKeyFiles } from './requirements.js';
import {
  addressVariable,
  defaultGrpcPort,
  type ServiceDefaults,
  type Services,
  servedProtocols,
} from './service-defaults.js';
import { startUpWarnings } from './start-up-warnings.js';
import type { Values } from './variables.js';

/** The values by topic, with the defaults that depend on other values; frozen throughout. */
export function grouped(values: Values, given: Given, service: ServiceDefaults, services: Services): Configuration {
  const host = values.HOST ?? (values.NODE_ENV === 'production' ? '0.0.0.0' : '127.0.0.1');
  const tokens = tokenSettings(values, hasKeyFiles(given));
  return deepFreeze({
    ...listeners(values, host, service),
    ...state(values),
    ...plannedEngines(values),
    telemetry: telemetry(values),
    consul: consul(values),
    discovery: discovery(values, localAddress(host), service, services),
    resilience: values.RESILIENCE ?? {},
    environment: values.NODE_ENV,
    serviceName: values.SERVICE_NAME,
    security: {
      tokens,
      encryptionKey: values.ENCRYPTION_KEY,
      passwordPolicy: values.PASSWORD_POLICY ?? (values.NODE_ENV === 'production' ? 'strict' : 'lax'),
      passwordHashing: {
        concurrency: values.PASSWORD_HASH_CONCURRENCY ?? defaultHashConcurrency(),
        queueLength: values.PASSWORD_HASH_QUEUE,
      },
    },
    bootstrapAdmin: bootstrapAdmin(values),
    limits: limits(values),
    logLevel: values.LOG_LEVEL,
    featureFlags: values.FEATURE_FLAGS,
    shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
    shutdownDelayMs: values.SHUTDOWN_DELAY_MS ?? (values.NODE_ENV === 'production' ? productionDelay(values) : 0),
    warnings: startUpWarnings(given, values, host, tokens.secret === DEVELOPMENT_JWT_SECRET),
  });
}

function listeners(values: Values, host: string, service: ServiceDefaults) {
  return {
    host,
    protocols: servedProtocols(values.PROTOCOLS, service),
    http: { port: values.PORT ?? service.httpPort, trustedProxies: values.TRUSTED_PROXIES },
    grpc: { port: values.GRPC_PORT ?? service.grpcPort ?? defaultGrpcPort },
    mqtt: { port: values.MQTT_PORT, url: values.MQTT_URL, topicPrefix: values.MQTT_TOPIC_PREFIX },
    origins: values.ALLOWED_ORIGINS,
    ...tls(values),
  };
}

function tls(values: Values) {
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile, GRPC_TLS_CLIENT_CA_FILE: clientCaFile } = values;
  const toServices = {
    certFile: values.SERVICE_TLS_CERT_FILE,
    keyFile: values.SERVICE_TLS_KEY_FILE,
    caFile: values.SERVICE_TLS_CA_FILE,
  };
  return {
    tls: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile, clientCaFile } : undefined,
    serviceTls: Object.values(toServices).some((file) => file !== undefined) ? toServices : undefined,
  };
}

function state(values: Values) {
  return {
    dataDir: resolve(values.DATA_DIR),
    database: {
      url: values.DATABASE_URL,
      directUrl: values.DATABASE_DIRECT_URL ?? values.DATABASE_URL,
      poolSize: values.DATABASE_POOL_SIZE,
    },
    redis: { url: values.REDIS_URL },
  };
}

function plannedEngines(values: Values) {
  return {
    messaging: { kafkaBrokers: values.KAFKA_BROKERS },
    documents: { url: values.MONGODB_URL },
    storage: { provider: values.ENABLE_STORAGE ? values.STORAGE_PROVIDER : undefined },
    mail: { url: values.SMTP_URL },
  };
}

function telemetry(values: Values) {
  return {
    otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT ?? otlpOfJaeger(values.JAEGER_ENDPOINT),
    headers: values.OTEL_EXPORTER_OTLP_HEADERS,
    sampledShare: values.OTEL_TRACES_SAMPLER_ARG,
  };
}

function consul(values: Values): ConsulSettings | undefined {
  const { CONSUL_HOST: host, CONSUL_PORT: port, CONSUL_CA_FILE: caFile, CONSUL_TOKEN: token } = values;
  return host === undefined ? undefined : { host, port, secure: values.CONSUL_SECURE, caFile, token };
}

function discovery(values: Values, host: string, { calls = [] }: ServiceDefaults, services: Services) {
  const addressOf = (name: string) =>
    values[addressVariable(name)] ?? endpoint(host, services[name]?.grpcPort ?? defaultGrpcPort);
  return {
    addresses: Object.fromEntries(calls.map((name) => [name, addressOf(name)])),
    consul: values.DISCOVERY === 'consul' ? consul(values) : undefined,
    advertisedHost: values.ADVERTISED_HOST,
  };
}

/** Jaeger's own collector port (14268) is gone from current versions; they take OTLP. */
function otlpOfJaeger(endpoint: string | undefined): string | undefined {
  return endpoint === undefined ? undefined : `http://${new URL(endpoint).hostname}:4318`;
}

function tokenSettings(values: Values, keyFiles: boolean): TokenSettings {
  return {
    secret: keyFiles ? undefined : (values.JWT_SECRET ?? DEVELOPMENT_JWT_SECRET),
    privateKeyFile: values.JWT_PRIVATE_KEY_FILE,
    publicKeyFiles: values.JWT_PUBLIC_KEY_FILES,
    issuer: values.JWT_ISSUER,
    audience: values.JWT_AUDIENCE,
    accessTokenSeconds: values.ACCESS_TOKEN_SECONDS,
    refreshTokenSeconds: values.REFRESH_TOKEN_SECONDS,
  };
}

/** For load balancers that ask every second or so. */
const productionDelay = ({ SHUTDOWN_TIMEOUT_MS: all }: Values) => Math.min(3_000, Math.floor(all / 3));

/** Hashing runs in libuv's four threads, which files and name look-ups need as well. */
const defaultHashConcurrency = () => Math.min(2, Math.max(1, availableParallelism() - 1));

function bootstrapAdmin(values: Values) {
  const { BOOTSTRAP_ADMIN_EMAIL: email, BOOTSTRAP_ADMIN_PASSWORD: password } = values;
  if (email !== undefined && password !== undefined) return { email, password };
  return values.NODE_ENV === 'development' ? DEMO_ADMIN : undefined;
}

function limits(values: Values) {
  return {
    bodyBytes: values.BODY_LIMIT_BYTES,
    websocketPayloadBytes: values.WEBSOCKET_PAYLOAD_BYTES,
    mqttPayloadBytes: values.MQTT_PAYLOAD_BYTES,
    grpcMessageBytes: values.GRPC_MESSAGE_BYTES,
    requestDeadlineMs: values.REQUEST_DEADLINE_MS,
    rates: values.RATE_LIMITS,
    shedding: {
      eventLoopDelayMs: values.SHED_EVENT_LOOP_DELAY_MS,
      eventLoopUtilization: values.SHED_EVENT_LOOP_UTILIZATION,
      heap: values.SHED_HEAP,
      calls: values.SHED_CALLS,
    },
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const item of Object.values(value)) deepFreeze(item);
  return Object.freeze(value);
}
