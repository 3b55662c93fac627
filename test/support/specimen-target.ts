import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { printSdl } from '../../scripts/contract/print-sdl.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { OperationRegistry } from '../../src/pipeline/registry.js';
import { graphqlModule } from '../../src/protocols/graphql/graphql.module.js';
import { GrpcServer } from '../../src/protocols/grpc/grpc-server.js';
import { MqttServer } from '../../src/protocols/mqtt/mqtt-server.js';
import { registerRest } from '../../src/protocols/rest/register-rest.js';
import { registerWebSocket } from '../../src/protocols/websocket/register-websocket.js';
import { specimenProtos } from '../fixtures/specimens/specimens.protos.js';
import { createSpecimenApplication, type SpecimenApplication, type SpecimenOptions } from './specimen-application.js';
import type { RunningTarget } from './target.js';

export interface SpecimenTarget extends RunningTarget {
  readonly application: SpecimenApplication;
  /** What a raw client must know of the wire. */
  readonly documents: { readonly sdl: string; readonly protos: ReadonlyMap<string, string> };
}

const topicPrefix = process.env.MQTT_URL ? `specimens-${crypto.randomUUID()}` : 'mstv';
const webSocket = { payloadBytes: 65_536, origins: [] };

function grpcServer(app: NestFastifyApplication, trustedProxies: readonly string[]): GrpcServer {
  return new GrpcServer({
    pipeline: app.get(Pipeline),
    operations: app.get(OperationRegistry).served('grpc'),
    host: '127.0.0.1',
    port: 0,
    reflection: false,
    messageBytes: 4_194_304,
    shutdownMs: 1_000,
    protos: specimenProtos,
    trustedProxies,
  });
}

/** On the broker that the environment names, with topics of its own; else on the embedded one. */
function mqttServer(app: NestFastifyApplication): MqttServer {
  const { MQTT_URL: url } = process.env;
  return new MqttServer({
    pipeline: app.get(Pipeline),
    operations: app.get(OperationRegistry).served('mqtt'),
    host: '127.0.0.1',
    port: 0,
    topicPrefix,
    payloadBytes: 65_536,
    ...(url && { url }),
  });
}

function httpProtocols(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const pipeline = app.get(Pipeline);
  const registry = app.get(OperationRegistry);
  registerRest(fastify, { pipeline, operations: registry.served('rest') });
  registerWebSocket(fastify, { ...webSocket, pipeline, operations: registry.served('websocket') });
}

/** The specimens over all five protocols, with memory adapters. */
export async function startSpecimens(options: SpecimenOptions = {}): Promise<SpecimenTarget> {
  const servers: { grpc?: GrpcServer; mqtt?: MqttServer } = {};
  const application = await createSpecimenApplication({
    ...options,
    imports: [graphqlModule({ introspection: false, graphiql: false })],
    configure: httpProtocols,
    servers: (app) => {
      servers.grpc = grpcServer(app, options.http?.trustedProxies ?? []);
      servers.mqtt = mqttServer(app);
      return [servers.grpc, servers.mqtt];
    },
  });
  const { app } = application;
  await app.listen(0, '127.0.0.1');
  return {
    application,
    addresses: { http: await app.getUrl(), grpc: `127.0.0.1:${servers.grpc?.port}`, ...mqttAt(servers.mqtt) },
    documents: { sdl: printSdl(application.registry.served('graphql')), protos: specimenProtos },
    topicPrefix,
    administrator: { email: '', password: '' },
    serviceToken: application.serviceToken,
    stop: () => application.close(),
  };
}

const mqttAt = (server: MqttServer | undefined) =>
  server?.broker.address === undefined ? {} : { mqtt: server.broker.address };
