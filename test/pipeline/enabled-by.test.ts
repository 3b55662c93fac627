import { QueryHandler } from '@nestjs/cqrs';
import { TypedInMemoryProvider } from '@openfeature/server-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { possibleFailures } from '../../scripts/contract/possible-failures.js';
import { printProtos } from '../../scripts/contract/proto-document.js';
import { anyone, authenticated, internal } from '../../src/contract/access.js';
import { InvalidArgument, RouteNotFound, Unauthenticated } from '../../src/contract/built-in-failures.js';
import { flag } from '../../src/contract/flag.js';
import { module } from '../../src/contract/module.js';
import { type Handles, protocols, query } from '../../src/contract/operation.js';
import { text, view } from '../../src/contract/values.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { OperationRegistry } from '../../src/pipeline/registry.js';
import { flagConfiguration, OpenFeatureFlags } from '../../src/platform/flags/open-feature-flags.js';
import { Bus } from '../../src/ports/bus.js';
import { FeatureFlags } from '../../src/ports/feature-flags.js';
import { graphqlModule } from '../../src/protocols/graphql/graphql.module.js';
import { GrpcServer } from '../../src/protocols/grpc/grpc-server.js';
import { MqttServer } from '../../src/protocols/mqtt/mqtt-server.js';
import { registerRest } from '../../src/protocols/rest/register-rest.js';
import { registerWebSocket } from '../../src/protocols/websocket/register-websocket.js';
import { createClient } from '../support/create-client.js';
import { createSpecimenApplication, type SpecimenApplication } from '../support/specimen-application.js';

const preview = flag('test-preview');
const greeting = flag('test-greeting');
const Preview = view('Preview', { text: text({ max: 50 }) });
const previewing = { output: Preview, enabledBy: preview };

class GetPreview extends query({
  ...previewing,
  input: z.object({ name: text({ min: 1, max: 20 }) }),
  access: anyone,
  rest: 'GET /previews/:name',
}) {}

class GetOwnPreview extends query({
  ...previewing,
  input: z.object({}),
  access: authenticated,
  rest: 'GET /previews',
}) {}

class InspectPreview extends query({ ...previewing, input: z.object({}), access: internal }) {}

const previews = module('previews', { GetPreview, GetOwnPreview, InspectPreview });

@QueryHandler(GetPreview)
class GetPreviewHandler implements Handles<GetPreview> {
  constructor(private readonly flags: FeatureFlags) {}

  async execute({ input }: GetPreview) {
    return { text: this.flags.isOn(greeting) ? `hello ${input.name}` : input.name };
  }
}

@QueryHandler(GetOwnPreview)
class GetOwnPreviewHandler implements Handles<GetOwnPreview> {
  async execute() {
    return { text: 'mine' };
  }
}

@QueryHandler(InspectPreview)
class InspectPreviewHandler implements Handles<InspectPreview> {
  async execute() {
    return { text: 'inside' };
  }
}

const protos = printProtos([previews], new Map());
const provider = new TypedInMemoryProvider();
let flags: OpenFeatureFlags;
let application: SpecimenApplication;
let urls: Record<(typeof protocols)[number], string>;

async function put(values: Record<string, boolean>): Promise<void> {
  provider.putConfiguration(flagConfiguration(new Map(Object.entries(values))));
  await flags.evaluate();
}

beforeAll(async () => {
  flags = await OpenFeatureFlags.open(provider);
  const servers: { grpc?: GrpcServer; mqtt?: MqttServer } = {};
  const webSocket = { payloadBytes: 65_536, origins: [] };
  application = await createSpecimenApplication({
    flags,
    modules: [previews],
    handlers: [GetPreviewHandler, GetOwnPreviewHandler, InspectPreviewHandler],
    imports: [graphqlModule({ introspection: true, graphiql: false })],
    configure: (app) => {
      const fastify = app.getHttpAdapter().getInstance();
      const pipeline = app.get(Pipeline);
      const registry = app.get(OperationRegistry);
      registerRest(fastify, { pipeline, operations: registry.served('rest') });
      registerWebSocket(fastify, { pipeline, operations: registry.served('websocket'), ...webSocket });
    },
    servers: (app) => {
      const registry = app.get(OperationRegistry);
      const listener = { pipeline: app.get(Pipeline), host: '127.0.0.1', port: 0, shutdownMs: 1_000 };
      servers.grpc = new GrpcServer({
        ...listener,
        operations: registry.served('grpc'),
        reflection: false,
        messageBytes: 65_536,
        protos,
      });
      servers.mqtt = new MqttServer({
        ...listener,
        operations: registry.served('mqtt'),
        topicPrefix: 'mstv',
        payloadBytes: 65_536,
      });
      return [servers.grpc, servers.mqtt];
    },
  });
  await application.app.listen(0, '127.0.0.1');
  const http = await application.app.getUrl();
  const { grpc, mqtt } = servers;
  urls = {
    rest: http,
    graphql: http,
    websocket: http,
    grpc: `127.0.0.1:${grpc?.port}`,
    mqtt: mqtt?.broker.address ?? '',
  };
});

afterAll(async () => {
  await application.close();
  await flags.onApplicationShutdown();
});

describe.each(protocols)('an operation behind a flag, over %s', (protocol) => {
  const connect = () => createClient({ protocol, url: urls[protocol], protos });

  test('is there while the flag is on, and not found while it is off', async () => {
    const client = connect();
    try {
      await put({ 'test-preview': true });
      expect(await client.execute(new GetPreview({ name: 'ann' }))).toEqual({ text: 'ann' });
      await put({ 'test-preview': false });
      await expect(client.execute(new GetPreview({ name: 'ann' }))).rejects.toThrow(RouteNotFound);
      await put({ 'test-preview': true, 'test-greeting': true });
      expect(await client.execute(new GetPreview({ name: 'ann' }))).toEqual({ text: 'hello ann' });
    } finally {
      await client.close();
    }
  });

  test('does not reveal while it is off that the caller or the input is wrong', async () => {
    const client = connect();
    const failures = () =>
      Promise.all(
        [new GetOwnPreview(), new GetPreview({ name: 'x'.repeat(21) })].map((message) =>
          client.execute(message).then(
            () => undefined,
            (error: Error) => error.constructor,
          ),
        ),
      );
    try {
      await put({ 'test-preview': true });
      expect(await failures()).toEqual([Unauthenticated, InvalidArgument]);
      await put({ 'test-preview': false });
      expect(await failures()).toEqual([RouteNotFound, RouteNotFound]);
    } finally {
      await client.close();
    }
  });
});

test('an operation behind a flag is not found by other handlers either', async () => {
  const bus = application.get(Bus).asService;
  await put({ 'test-preview': true });
  expect(await bus.execute(new InspectPreview())).toEqual({ text: 'inside' });
  await put({ 'test-preview': false });
  await expect(bus.execute(new InspectPreview())).rejects.toThrow(RouteNotFound);
});

test('the documents say that an operation behind a flag may not be found', () => {
  expect(previews.operations.map(possibleFailures)).toEqual(
    previews.operations.map(() => expect.arrayContaining([RouteNotFound])),
  );
});
