import { Agent } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { Revocations } from '../../../src/ports/revocations.js';
import type { JsonRpcClient, JsonRpcResponse } from './json-rpc-client.js';
import { type Refused, refusedUpgrade } from './raw-frames.js';
import { type SpecimenWebSocket, serveSpecimens } from './specimen-websocket.js';

let server: SpecimenWebSocket;

beforeAll(async () => {
  server = await serveSpecimens();
});
afterEach(() => vi.useRealTimers());
afterAll(() => server.close());

const create = (client: JsonRpcClient) => client.call('specimens.createSpecimen', { name: 'any' });
const unauthenticated = { code: -32001, data: { code: 'UNAUTHENTICATED' } };

describe('a token', () => {
  test('is not needed to connect, only for operations that require one', async () => {
    const client = await server.connect();
    expect((await client.call('specimens.listSpecimens')).result).toBeDefined();
    expect((await create(client)).error).toMatchObject(unauthenticated);
  });

  test('comes with the authorization header', async () => {
    const client = await server.connect({ headers: { authorization: `Bearer ${await server.token('USER')}` } });
    expect((await create(client)).result).toBeDefined();
  });

  test('comes as a subprotocol, which is not echoed', async () => {
    const client = await server.connect({ protocols: ['jsonrpc.mstv.v1', `bearer.${await server.token('USER')}`] });
    expect(client.socket.protocol).toBe('jsonrpc.mstv.v1');
    expect((await create(client)).result).toBeDefined();
  });

  test('offered alone as a subprotocol is not echoed either', async () => {
    const socket = new WebSocket(`ws://${server.host}/ws`, [`bearer.${await server.token('USER')}`]);
    const response = await new Promise<{ headers: Record<string, unknown> }>((resolve) => {
      socket.once('upgrade', resolve);
      socket.on('error', () => undefined);
    });
    expect(response.headers).not.toHaveProperty('sec-websocket-protocol');
  });

  test('comes with rpc.authenticate and holds for what follows at once', async () => {
    const client = await server.connect();
    client.send({ jsonrpc: '2.0', id: 1, method: 'rpc.authenticate', params: { token: await server.token('USER') } });
    client.send({ jsonrpc: '2.0', id: 2, method: 'specimens.createSpecimen', params: { name: 'any' } });
    const responses = [await client.read(), await client.read()];
    expect(responses).toContainEqual({ jsonrpc: '2.0', id: 1, result: {} });
    expect(responses).toContainEqual(expect.objectContaining({ id: 2, result: expect.anything() }));
  });

  test('that rpc.authenticate refuses leaves the former one in place', async () => {
    const client = await server.connect({ headers: { authorization: `Bearer ${await server.token('USER')}` } });
    expect((await client.call('rpc.authenticate', { token: 'forged' })).error).toMatchObject(unauthenticated);
    expect((await create(client)).result).toBeDefined();
  });

  test('that rpc.authenticate refuses among others leaves the last one in place that it does not', async () => {
    const offer = async (client: JsonRpcClient, ...tokens: string[]) => {
      const batch = tokens.map((token, id) => ({ jsonrpc: '2.0', id, method: 'rpc.authenticate', params: { token } }));
      const responses = await client.exchange<JsonRpcResponse[]>(batch);
      return responses.filter(({ error }) => error).map(({ id }) => id);
    };
    const known = await server.connect({ headers: { authorization: `Bearer ${await server.token('USER')}` } });
    expect(await offer(known, 'forged', 'forged again', 'forged once more')).toHaveLength(3);
    expect((await create(known)).result).toBeDefined();
    const unknown = await server.connect();
    expect(await offer(unknown, 'forged', await server.token('USER'), 'forged again')).toHaveLength(2);
    expect((await create(unknown)).result).toBeDefined();
  });

  test.each([
    [undefined, '/token', 'invalid_type'],
    [{}, '/token', 'invalid_type'],
    [{ token: 7 }, '/token', 'invalid_type'],
    [{ token: '' }, '/token', 'too_small'],
    [['token'], '', 'invalid_type'],
  ])('given to rpc.authenticate as %j is invalid input', async (params, path, code) => {
    const client = await server.connect();
    expect((await client.call('rpc.authenticate', params)).error).toMatchObject({
      code: -32602,
      data: { code: 'INVALID_ARGUMENT', errors: [{ path, code }] },
    });
  });

  test('ends on an open connection when it is revoked', async () => {
    const userId = crypto.randomUUID();
    const client = await server.connect({ headers: { authorization: `Bearer ${await server.token('USER', userId)}` } });
    expect((await create(client)).result).toBeDefined();
    await server.get(Revocations).revoke(`user:${userId}`, Math.floor(Date.now() / 1000) + 900);
    expect((await create(client)).error).toMatchObject(unauthenticated);
  });

  test('ends on an open connection when it expires', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const ageing = await serveSpecimens();
    const client = await ageing.connect({ headers: { authorization: `Bearer ${await ageing.token('USER')}` } });
    expect((await create(client)).result).toBeDefined();
    vi.setSystemTime(Date.now() + 3_600_000);
    expect((await create(client)).error).toMatchObject(unauthenticated);
    await ageing.close();
  });
});

describe('the handshake', () => {
  const upgrade = (origin: string, path = '/ws') =>
    new Promise<Refused>((resolve) => {
      const socket = new WebSocket(`ws://${server.host}${path}`, { headers: { origin } });
      socket.on('error', () => undefined);
      socket.once('open', () => {
        socket.terminate();
        resolve({ status: 101, headers: {}, body: '' });
      });
      socket.once('unexpected-response', (_, response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.once('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      });
    });

  test('from the own host or an allowed origin is accepted', async () => {
    expect((await upgrade(`http://${server.host}`)).status).toBe(101);
    expect((await upgrade('https://app.example.com')).status).toBe(101);
  });

  test.each([['https://evil.example'], ['https://app.example.com.evil.example'], ['null'], ['file://'], ['x']])(
    'from the origin %s is refused',
    async (origin) => {
      const { status, headers, body } = await upgrade(origin);
      expect([status, headers['content-type']]).toEqual([403, 'application/problem+json']);
      expect(headers['x-request-id']).toMatch(/^[\w-]{30,}$/);
      const trace_id = expect.stringMatching(/^[0-9a-f]{32}$/);
      expect(JSON.parse(body)).toMatchObject({ status: 403, code: 'PERMISSION_DENIED', trace_id });
    },
  );

  test.each([
    ['a key that is none', { 'sec-websocket-key': 'x' }, 'Sec-WebSocket-Key'],
    ['another version of the protocol', { 'sec-websocket-version': '7' }, 'Sec-WebSocket-Version'],
    ['no version', { 'sec-websocket-version': '' }, 'Sec-WebSocket-Version'],
    ['subprotocols that are no list', { 'sec-websocket-protocol': 'jsonrpc.mstv.v1,,b' }, 'Sec-WebSocket-Protocol'],
    ['a subprotocol twice', { 'sec-websocket-protocol': 'a, a' }, 'Sec-WebSocket-Protocol'],
    ['a subprotocol that is no token', { 'sec-websocket-protocol': '"a"' }, 'Sec-WebSocket-Protocol'],
  ])('with %s is refused by a problem document', async (_, headers, named) => {
    const {
      status,
      headers: answered,
      body,
    } = await refusedUpgrade(server.host, { 'x-request-id': 'bad-1', ...headers });
    expect([status, answered['content-type']]).toEqual([400, 'application/problem+json']);
    expect(answered).toMatchObject({ 'x-request-id': 'bad-1', 'sec-websocket-version': '13', connection: 'close' });
    expect(JSON.parse(body)).toMatchObject({
      status: 400,
      code: 'MALFORMED_REQUEST',
      detail: expect.stringContaining(named),
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  test.each([
    ['another protocol', { upgrade: 'h2c', connection: 'Upgrade, HTTP2-Settings', 'http2-settings': 'AAMAAABk' }],
    ['no protocol', { upgrade: '' }],
  ])('to %s is a plain request, and its connection is kept', async (_, headers) => {
    const agent = new Agent({ keepAlive: true });
    const { status, body } = await refusedUpgrade(server.host, headers, agent);
    expect([status, JSON.parse(body).detail]).toEqual([400, 'This address takes WebSocket handshakes only']);
    expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
    agent.destroy();
  });

  test('with a subprotocol that /ws does not speak ends at once', async () => {
    const client = await server.connect({ protocols: ['graphql-transport-ws'] });
    expect((await client.closed).code).toBe(1002);
  });

  test('at a path without a WebSocket finds nothing', async () => {
    expect((await upgrade('https://app.example.com', '/nowhere')).status).toBe(404);
  });

  test('is needed: plain HTTP on /ws gets 400', async () => {
    const response = await fetch(`http://${server.host}/ws`, { headers: { 'x-request-id': 'plain-1' } });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(response.headers.get('x-request-id')).toBe('plain-1');
    expect(await response.json()).toMatchObject({
      status: 400,
      code: 'MALFORMED_REQUEST',
      detail: expect.stringContaining('WebSocket'),
    });
  });
});
