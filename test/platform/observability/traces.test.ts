import { SpanStatusCode } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Application } from '../../../src/apps/application.js';
import { services } from '../../../src/apps/services.js';
import { type Protocol, protocols } from '../../../src/contract/operation.js';
import { Register } from '../../../src/modules/auth/contract/index.js';
import { GetMe, GetUser } from '../../../src/modules/users/contract/index.js';
import { loadConfiguration } from '../../../src/platform/config/load-configuration.js';
import { noTelemetry } from '../../../src/platform/observability/telemetry.js';
import { CreateSpecimen, ListSpecimens } from '../../fixtures/specimens/specimens.operations.js';
import { RemoteSpecimens } from '../../remote/grpc/remote-specimens.js';
import { createClient } from '../../support/create-client.js';
import { testDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { RecordedSpans } from './recorded-spans.js';

const spans = new RecordedSpans();

describe('the trace of a request to the monolith', () => {
  let database: Awaited<ReturnType<typeof testDatabase>>;
  let application: Application;
  let addresses: Awaited<ReturnType<Application['listen']>>;
  let token: string;
  let userId: string;

  const client = (protocol: Protocol, bearer?: string) => {
    const { http, grpc = '', mqtt = '' } = addresses;
    const url = { rest: http, graphql: http, websocket: http, grpc, mqtt }[protocol];
    return createClient({ protocol, url, token: bearer });
  };

  beforeAll(async () => {
    database = await testDatabase();
    const environment = { NODE_ENV: 'test', PORT: '0', GRPC_PORT: '0', MQTT_PORT: '0', LOG_LEVEL: 'fatal' };
    const configuration = loadConfiguration({ ...environment, DATABASE_URL: database.url }, services);
    application = await Application.create(configuration, undefined, { ...noTelemetry, tracer: spans.tracer });
    addresses = await application.listen();
    const registered = await client('rest').execute(
      new Register({ email: 'ada@example.com', password: 'password123' }),
    );
    token = registered.token;
    userId = registered.user.id;
  });

  afterAll(async () => {
    await application?.stop();
    await database?.drop();
  });

  beforeEach(() => spans.forget());

  const names: Record<Protocol, string> = {
    rest: 'GET /users/me',
    graphql: 'query me',
    grpc: 'users.v1.UsersService/GetMe',
    websocket: 'users.getMe',
    mqtt: 'process rpc/users/get-me',
  };

  test.each(protocols)('over %s: the edge, the handler and the database, each once', async (protocol) => {
    const caller = client(protocol, token);
    await caller.execute(new GetMe());
    await caller.close();
    await eventually(() => expect(spans.tree()).toHaveLength(2));
    expect(spans.tree()).toEqual([names[protocol], ['handle users.getMe', [expect.any(String)]]]);
    expect(new Set(spans.all.map((span) => span.spanContext().traceId)).size).toBe(1);
    expect(spans.one(names[protocol]).attributes).toMatchObject({
      'app.operation': 'users.getMe',
      'app.protocol': protocol,
      'app.outcome': 'OK',
      'app.caller': 'user',
      'app.step.authenticate_ms': expect.any(Number),
      'app.step.authorize_ms': expect.any(Number),
      'app.step.validate_ms': expect.any(Number),
    });
    const [statement] = spans.all.filter(({ attributes }) => attributes['db.system.name'] === 'postgresql');
    expect(statement?.attributes).toHaveProperty('db.operation.name');
  });

  test('continues that of the caller, and failures contain its id', async () => {
    const traceId = 'a'.repeat(32);
    const answer = await fetch(`${addresses.http}/users/${crypto.randomUUID()}`, {
      headers: { authorization: `Bearer ${token}`, traceparent: `00-${traceId}-${'b'.repeat(16)}-01` },
    });
    expect([answer.status, await answer.json()]).toEqual([403, expect.objectContaining({ trace_id: traceId })]);
    const edge = spans.one('GET /users/:id');
    expect(edge.spanContext().traceId).toBe(traceId);
    expect(edge.parentSpanContext?.spanId).toBe('b'.repeat(16));
    expect(edge.attributes).toMatchObject({
      'http.request.method': 'GET',
      'http.response.status_code': 403,
      'error.type': 'PERMISSION_DENIED',
    });
    expect(edge.status.code).toBe(SpanStatusCode.UNSET);
  });

  test('is not recorded where the caller says so', async () => {
    const traceparent = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-00`;
    const headers = { authorization: `Bearer ${token}`, traceparent };
    expect((await fetch(`${addresses.http}/users/${userId}`, { headers })).status).toBe(200);
    expect(spans.all).toEqual([]);
  });

  test('shows the work of another module below its caller, and statements below their transaction', async () => {
    const caller = client('grpc');
    await caller.execute(new Register({ email: 'grace@example.com', password: 'password123' }));
    await caller.close();
    const handled = spans.all.filter(({ name }) => name.startsWith('handle ')).map(({ name }) => name);
    expect(handled.toSorted()).toEqual(['handle auth.register', 'handle users.createUserProfile']);
    expect(JSON.stringify(spans.tree())).toMatch(/"handle users.createUserProfile",\[.*"transaction",\["/);
    expect(spans.one('auth.v1.AuthService/Register').attributes['rpc.grpc.status_code']).toBe(0);
  });

  test('never holds a value of the caller', async () => {
    const caller = client('rest', token);
    await caller.execute(new GetUser({ id: userId }));
    await caller.close();
    const recorded = JSON.stringify(spans.all.map(({ name, attributes }) => [name, attributes]));
    expect(recorded).not.toContain('ada@example.com');
    expect(recorded).not.toContain(token);
  });

  test('holds every field of one GraphQL request', async () => {
    const query = '{ a: me { id } b: me { id } }';
    await fetch(`${addresses.http}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    });
    const edges = spans.all.filter(({ name }) => name === 'query me');
    expect(edges).toHaveLength(2);
    expect(new Set(spans.all.map((span) => span.spanContext().traceId)).size).toBe(1);
  });
});

describe('the trace of a call to another process', () => {
  let remote: RemoteSpecimens;

  beforeAll(async () => {
    remote = await RemoteSpecimens.start({ tracer: spans.tracer });
  });

  afterAll(() => remote.stop());

  beforeEach(() => spans.forget());

  const path = 'specimens.v1.SpecimensService/ListSpecimens';

  test('continues in the process of the owner', async () => {
    await remote.execute(ListSpecimens, {});
    const { name } = spans.all.find(({ attributes }) => attributes['app.protocol'] === 'rest') ?? {};
    expect(spans.tree()).toEqual([name, [path, [path, ['handle specimens.listSpecimens']]]]);
    const [client, server] = [2, 1].map((kind) => spans.all.find((span) => span.name === path && span.kind === kind));
    expect(client?.attributes).toMatchObject({ 'app.peer_service': 'specimens', 'app.attempts': 1 });
    expect(server?.attributes).toMatchObject({ 'app.forwarded': true });
    expect(server?.parentSpanContext?.isRemote).toBe(true);
  });

  test('says that a command was not done again', async () => {
    const authorization = `Bearer ${await remote.edge.token('USER')}`;
    const create = () => {
      const call = remote.begin(CreateSpecimen, { authorization, idempotencyKey: 'traced' });
      return remote.execute(CreateSpecimen, { name: 'traced' }, call);
    };
    await create();
    await create();
    const outcomes = spans.all.map(({ attributes }) => attributes['app.idempotency']).filter(Boolean);
    expect(outcomes).toEqual(['first', 'replayed']);
  });

  test('is not recorded anywhere for work in the background', async () => {
    const { Bus } = await import('../../../src/ports/bus.js');
    await remote.edge.get(Bus).asService.execute(new ListSpecimens());
    expect(spans.all).toEqual([]);
  });
});
