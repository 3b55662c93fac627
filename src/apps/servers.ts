import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Pipeline } from '../pipeline/pipeline.js';
import { OperationRegistry } from '../pipeline/registry.js';
import type { Configuration } from '../platform/config/configuration.js';
import { endpoint } from '../platform/config/host.js';
import { CurrentRates } from '../platform/config/rates.js';
import { addressVariable } from '../platform/config/service-defaults.js';
import type { Readiness } from '../platform/observability/readiness.js';
import { listenerCredentials } from '../platform/security/grpc-credentials.js';
import type { ListenerTls } from '../platform/security/load-tls.js';
import type { RenewedFiles } from '../platform/security/renewed-files.js';
import { GrpcServer } from '../protocols/grpc/grpc-server.js';
import { ProblemFilter } from '../protocols/http/problem.filter.js';
import { RouteTable } from '../protocols/http/route-table.js';
import { allOpened, opened } from '../protocols/listen-error.js';
import type { MqttServer } from '../protocols/mqtt/mqtt-server.js';
import { httpRoutes } from './http-routes.js';
import { isStartedInTurn } from './parent-process.js';
import { readinessOf } from './readiness.js';
import { services } from './services.js';

export interface Server {
  readonly start: () => Promise<unknown>;
  /** Sends connected clients elsewhere. Resolves when their running calls are answered. */
  readonly drain: () => Promise<unknown>;
  readonly stop: () => Promise<unknown>;
}

/** `http://127.0.0.1:3000`, `127.0.0.1:50051`, `mqtt://127.0.0.1:1883`; absent for a protocol that is not served. */
export interface Addresses {
  readonly http: string;
  readonly grpc?: string;
  readonly mqtt?: string;
}

export interface Servers {
  readonly grpc: GrpcServer | undefined;
  readonly mqtt: MqttServer | undefined;
  readonly readiness: Readiness;
  /** In start order. HTTP is last: a process that answers health checks serves the other protocols too. */
  readonly all: readonly Server[];
  readonly addresses: () => Promise<Addresses>;
}

interface Parts {
  readonly app: NestFastifyApplication;
  readonly configuration: Configuration;
  readonly pipeline: Pipeline;
  readonly registry: OperationRegistry;
}

/** The code of a protocol is loaded only if it is served. */
export async function createServers(
  app: NestFastifyApplication,
  configuration: Configuration,
  tls: RenewedFiles<ListenerTls> | undefined,
): Promise<Servers> {
  const parts = { app, configuration, pipeline: app.get(Pipeline), registry: app.get(OperationRegistry) };
  const { protocols } = configuration;
  const grpc = protocols.includes('grpc') ? createGrpc(parts, tls) : undefined;
  const mqtt = protocols.includes('mqtt') ? await createMqtt(parts) : undefined;
  const readiness = await readinessOf(app, configuration, mqtt);
  const http = await createHttp(parts, readiness);
  return {
    grpc,
    mqtt,
    readiness,
    addresses: async () => ({
      http: await app.getUrl(),
      ...(grpc?.port !== undefined && { grpc: endpoint(configuration.host, grpc.port) }),
      ...(mqtt?.broker.address !== undefined && { mqtt: mqtt.broker.address }),
    }),
    all: [...(grpc ? [grpcServer(grpc, configuration)] : []), ...(mqtt ? [mqttServer(mqtt)] : []), http],
  };
}

/** Starts one after the other. The error names every port that is in use. */
export async function startAll(servers: readonly Server[]): Promise<void> {
  const starts: Promise<unknown>[] = [];
  for (const { start } of servers) {
    starts.push(start());
    await Promise.allSettled(starts);
  }
  await allOpened(starts);
}

function createGrpc({ configuration, pipeline, registry }: Parts, tls: RenewedFiles<ListenerTls> | undefined) {
  const { host, grpc, http, limits, environment, shutdownTimeoutMs } = configuration;
  return new GrpcServer({
    pipeline,
    operations: registry.served('grpc'),
    host,
    port: grpc.port,
    credentials: tls && listenerCredentials(tls),
    reflection: environment !== 'production',
    messageBytes: limits.grpcMessageBytes,
    shutdownMs: shutdownTimeoutMs,
    trustedProxies: http.trustedProxies,
  });
}

function grpcServer(grpc: GrpcServer, { host, serviceName, grpc: { port } }: Configuration): Server {
  // with start:split a service must listen at the address that the other services are configured with
  const isAddressed = isStartedInTurn() && !services[serviceName]?.servesAll;
  const variable = isAddressed ? addressVariable(serviceName) : 'GRPC_PORT';
  const close = () => grpc.close();
  return { start: () => opened(grpc.listen(), 'gRPC', variable, endpoint(host, port)), drain: close, stop: close };
}

async function createMqtt({ app, configuration, pipeline, registry }: Parts): Promise<MqttServer> {
  const { MqttServer } = await import('../protocols/mqtt/mqtt-server.js');
  const { host, mqtt, limits } = configuration;
  return new MqttServer({
    ...mqtt,
    messageRate: app.get(CurrentRates).ofConnection,
    pipeline,
    operations: registry.served('mqtt'),
    host,
    payloadBytes: limits.mqttPayloadBytes,
  });
}

const mqttServer = (mqtt: MqttServer): Server => ({
  start: () => mqtt.listen(),
  drain: () => mqtt.broker.pause(),
  stop: () => mqtt.close(),
});

/** Time for the last answers to reach their callers. */
const lingerMs = 500;

async function createHttp(parts: Parts, readiness: Readiness): Promise<Server> {
  const { app, configuration, pipeline } = parts;
  const { host, http } = configuration;
  const routes = new RouteTable(app.getHttpAdapter().getInstance() as unknown as FastifyInstance);
  app.useGlobalFilters(new ProblemFilter(pipeline, routes));
  const drain = await httpRoutes({ ...parts, readiness, routes });
  return {
    start: () => opened(app.listen(http.port, host), 'HTTP', 'PORT', endpoint(host, http.port)),
    drain,
    stop: async () => {
      // an incomplete request is not a call, but its connection would delay the shutdown
      const cut = setTimeout(() => app.getHttpServer().closeAllConnections(), lingerMs);
      await app.close().finally(() => clearTimeout(cut));
    },
  };
}
