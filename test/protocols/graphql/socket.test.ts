import { once } from 'node:events';
import { type Client, createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { WaitForSpecimenHandler } from '../../fixtures/specimens/specimens.handlers.js';
import { createSpecimenGraphql, type SpecimenGraphql } from './specimen-graphql.js';

let app: SpecimenGraphql;
let limited: SpecimenGraphql;
let url: string;
const clients: Client[] = [];

beforeAll(async () => {
  app = await createSpecimenGraphql({ limits: { operationsPerSocket: 2 } });
  url = app.url.replace('http', 'ws');
  const messageRate = () => ({ quota: 3, windowSeconds: 60 });
  limited = await createSpecimenGraphql({ webSocket: { payloadBytes: 65_536, origins: [], messageRate } });
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
});

afterAll(() => Promise.all([app.close(), limited.close()]));

function connect(connectionParams?: Record<string, unknown>): Client {
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(connectionParams && { connectionParams }),
  });
  clients.push(client);
  return client;
}

/** The one result of an operation; throws what the server refuses it with. */
async function ask(client: Client, query: string, extra: object = {}) {
  for await (const result of client.iterate({ query, ...extra })) return result;
  return undefined;
}

async function open(protocol = 'graphql-transport-ws', at = url): Promise<WebSocket> {
  const socket = new WebSocket(at, protocol);
  await once(socket, 'open');
  return socket;
}

const closeCode = async (socket: WebSocket): Promise<number> => (await once(socket, 'close'))[0] as number;
const message = async (socket: WebSocket) => JSON.parse(String((await once(socket, 'message'))[0]));

describe('GraphQL over a WebSocket', () => {
  it('runs queries and mutations', async () => {
    const client = connect();
    expect(await ask(client, '{ filterSpecimens(page: 4) { page } }')).toEqual({
      data: { filterSpecimens: { page: 4 } },
    });
    const discard = 'mutation($id: ID!) { discardSpecimen(id: $id) }';
    const variables = { id: crypto.randomUUID() };
    expect(await ask(client, discard, { variables })).toEqual({ data: { discardSpecimen: true } });
  });

  it('takes text frames only: others may hold what is not UTF-8', async () => {
    const socket = await open();
    socket.send(Buffer.from('{"type":"connection_init"}'), { binary: true });
    expect(await closeCode(socket)).toBe(4400);
  });

  it('takes the token of connection_init', async () => {
    const create = 'mutation { createSpecimen(name: "by socket") { name } }';
    const authorization = `Bearer ${await app.token('USER')}`;
    expect(await ask(connect({ authorization }), create)).toEqual({ data: { createSpecimen: { name: 'by socket' } } });
    expect(await ask(connect(), create)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  it('takes deadline and trace of one operation from its extensions', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const extensions = { timeout_ms: 30, traceparent: `00-${trace}-b7ad6b7169203331-01` };
    expect(await ask(connect(), '{ waitForSpecimen { waited } }', { extensions })).toMatchObject({
      errors: [{ extensions: { code: 'DEADLINE_EXCEEDED', trace_id: trace } }],
    });
  });

  it.each([0, -1, 1.5, 'soon'])('takes a deadline that is none as absent: %j', async (timeout_ms) => {
    const answer = await ask(connect(), '{ filterSpecimens { page } }', { extensions: { timeout_ms } });
    expect(answer).toEqual({ data: { filterSpecimens: { page: 1 } } });
  });

  it('refuses an idempotency key that is no text, and ignores extensions of others', async () => {
    const create = 'mutation { createSpecimen(name: "unprotected") { name } }';
    const client = connect({ authorization: `Bearer ${await app.token('USER')}` });
    const refused = await ask(client, create, { extensions: { idempotency_key: 5 } }).catch(
      (errors: unknown) => errors,
    );
    expect(refused).toMatchObject([
      {
        extensions: {
          code: 'INVALID_ARGUMENT',
          details: [{ path: '/extensions/idempotency_key', code: 'invalid_type' }],
        },
      },
    ]);
    expect(await ask(client, create, { extensions: { persistedQuery: {} } })).toHaveProperty('data.createSpecimen');
  });

  it.each([
    ['a syntax error', '{ specimens'],
    ['a type error', '{ specimen { id } }'],
    ['no query', ''],
    ['a query beyond the limits', `{ ${'specimens { id } '.repeat(300)} }`],
    ['several operations and no name', 'query A { __typename } query B { __typename }'],
    ['a subscription', 'subscription { specimens { id } }'],
  ])('refuses %s and goes on', async (_what, query) => {
    const client = connect();
    const refused = await ask(client, query).catch((errors: unknown) => errors);
    expect(refused).toMatchObject([
      {
        message: expect.any(String),
        extensions: { code: expect.stringMatching(/^(INVALID_ARGUMENT|MALFORMED_REQUEST)$/) },
      },
    ]);
    expect(JSON.stringify(refused)).not.toContain('Did you mean');
    expect(await ask(client, '{ __typename }')).toEqual({ data: { __typename: 'Query' } });
  });

  it('ends the work of an operation that its caller completes, and sends nothing more of it', async () => {
    const handler = app.get(WaitForSpecimenHandler);
    const before = handler.stopped;
    const socket = await open();
    socket.send('{"type":"connection_init"}');
    await message(socket);
    socket.send('{"id":"1","type":"subscribe","payload":{"query":"{ waitForSpecimen { waited } }"}}');
    socket.send('{"type":"ping"}');
    expect(await message(socket)).toEqual({ type: 'pong' });
    socket.send('{"id":"1","type":"complete"}');
    await expect.poll(() => handler.stopped).toBe(before + 1);
    socket.send('{"type":"ping"}');
    expect(await message(socket)).toEqual({ type: 'pong' });
    socket.close();
  });

  it('ends the work of a connection that closes', async () => {
    const handler = app.get(WaitForSpecimenHandler);
    const before = handler.stopped;
    const socket = await open();
    socket.send('{"type":"connection_init"}');
    await message(socket);
    socket.send('{"id":"1","type":"subscribe","payload":{"query":"{ waitForSpecimen { waited } }"}}');
    socket.send('{"type":"ping"}');
    await message(socket);
    socket.terminate();
    await expect.poll(() => handler.stopped).toBe(before + 1);
  });

  it('runs only so many operations at once', async () => {
    const client = connect();
    const handler = app.get(WaitForSpecimenHandler);
    const wait = () => ask(client, '{ waitForSpecimen { waited } }');
    const waiting = [wait(), wait()];
    await expect.poll(() => handler.waiting).toBe(2);
    const refused = await ask(client, '{ __typename }').catch((errors: unknown) => errors);
    expect(refused).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    handler.release();
    const answer = { data: { waitForSpecimen: { waited: true } } };
    expect(await Promise.all(waiting)).toEqual([answer, answer]);
  });

  it('counts every message, refuses requests beyond the quota, and disconnects a client that continues', async () => {
    const socket = await open('graphql-transport-ws', limited.url.replace('http', 'ws'));
    const answers = ['{"type":"connection_init"}', '{"type":"ping"}', '{"type":"ping"}'];
    for (const text of answers) {
      socket.send(text);
      await message(socket);
    }
    socket.send('{"id":"1","type":"subscribe","payload":{"query":"{ __typename }"}}');
    expect(await message(socket)).toMatchObject({
      id: '1',
      type: 'error',
      payload: [{ extensions: { code: 'RATE_LIMITED' } }],
    });
    const closed = closeCode(socket);
    for (let frame = 0; frame < 3; frame++) socket.ping();
    expect(await closed).toBe(1008);
  });

  it.each([
    ['no JSON', 'nonsense', 4400],
    ['null', 'null', 4400],
    ['an unknown type', '{"type":"shout"}', 4400],
    ['a query before connection_init', '{"id":"1","type":"subscribe","payload":{"query":"{ __typename }"}}', 4401],
    ['a query without a payload', '{"id":"1","type":"subscribe"}', 4400],
    ['a message that is too large', `{"type":"ping","payload":{"a":"${'x'.repeat(70_000)}"}}`, 1009],
  ])('closes on %s', async (_what, text, code) => {
    const socket = await open();
    const closed = closeCode(socket);
    socket.send(text);
    expect(await closed).toBe(code);
  });

  it('closes a socket that speaks another subprotocol', async () => {
    expect(await closeCode(await open('jsonrpc.mstv.v1'))).toBe(4406);
  });

  it('refuses a foreign origin', async () => {
    const socket = new WebSocket(url, 'graphql-transport-ws', { origin: 'https://evil.example' });
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('403');
  });
});
