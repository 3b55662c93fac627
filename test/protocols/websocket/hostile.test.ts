import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { WebSocketOptions } from '../../../src/protocols/websocket/register-websocket.js';
import { registerWebSocketServer } from '../../../src/protocols/websocket/websocket-server.js';
import { WaitForSpecimenHandler } from '../../fixtures/specimens/specimens.handlers.js';
import { eventually } from '../../support/eventually.js';
import type { JsonRpcClient, JsonRpcResponse } from './json-rpc-client.js';
import { openWire, textFrame } from './raw-frames.js';
import { type SpecimenWebSocket, serveSpecimens } from './specimen-websocket.js';

let server: SpecimenWebSocket;

async function serve(options?: Partial<WebSocketOptions>): Promise<SpecimenWebSocket> {
  server = await serveSpecimens(options);
  return server;
}

afterEach(() => server.close());

const list = (id: number) => ({ jsonrpc: '2.0', id, method: 'specimens.listSpecimens' });
const wait = (id: number, timeout_ms: number) => ({
  jsonrpc: '2.0',
  id,
  method: 'specimens.waitForSpecimen',
  params: { _meta: { timeout_ms } },
});
const read = async (client: JsonRpcClient) => (await client.read()) as JsonRpcResponse;
const rawSocket = ({ socket }: JsonRpcClient) => (socket as unknown as { _socket: Socket })._socket;
const openSockets = () => server.app.getHttpAdapter().getInstance().websocketServer.clients.size;

describe('a frame', () => {
  test.each([
    ['', -32700],
    ['{', -32700],
    ['{"jsonrpc":"2.0"}x', -32700],
    ['\u0000', -32700],
    ['undefined', -32700],
    ['null', -32600],
    ['7', -32600],
    ['"text"', -32600],
    ['{}', -32600],
    ['{"jsonrpc":"1.0","id":1,"method":"m"}', -32600],
    ['{"jsonrpc":"2.0","method":1}', -32600],
    ['{"jsonrpc":"2.0","id":{},"method":"m"}', -32600],
    ['{"jsonrpc":"2.0","id":true,"method":"m"}', -32600],
    ['{"jsonrpc":"2.0","id":1e999,"method":"m"}', -32600],
    ['{"jsonrpc":"2.0","id":1,"result":{}}', -32600],
    ['{"jsonrpc":"2.0","id":1,"method":"specimens.listSpecimens","parms":{}}', -32600],
    ['{"jsonrpc":"2.0","id":1,"method":"specimens.listSpecimens","__proto__":{}}', -32600],
    ['['.repeat(60_000), -32700],
    [Buffer.from('{"jsonrpc":"2.0","id":1,"method":"m"}'), -32600],
    [Buffer.from([0xff, 0x00]), -32600],
  ])('of %j is answered as malformed', async (frame, code) => {
    const client = await (await serve()).connect();
    const response = await client.exchange(frame);
    expect(response.error).toMatchObject({ code, data: { code: 'MALFORMED_REQUEST' } });
    expect(await client.exchange(list(7))).toMatchObject({ id: 7, result: expect.anything() });
  });

  test('keeps its id where it has one', async () => {
    const client = await (await serve()).connect();
    expect(await client.exchange('{"jsonrpc":"3.0","id":"mine","method":"m"}')).toMatchObject({ id: 'mine' });
  });

  test('with a key __proto__ reaches no prototype', async () => {
    const client = await (await serve()).connect();
    const frame = '{"jsonrpc":"2.0","id":1,"method":"specimens.listSpecimens","params":{"__proto__":{"page":3}}}';
    expect((await client.exchange(frame)).error).toMatchObject({
      data: { errors: [{ path: '/__proto__', code: 'unrecognized_keys' }] },
    });
  });

  test('over the payload limit closes the connection with 1009', async () => {
    const client = await (await serve()).connect();
    client.send(JSON.stringify({ ...list(1), params: { q: 'x'.repeat(65_536) } }));
    expect((await client.closed).code).toBe(1009);
  });

  test.each(['', ' '])('in more than a thousand fragments of %j closes the connection with 1008', async (content) => {
    const client = await (await serve()).connect();
    for (let fragment = 0; fragment < 1_025; fragment++) client.socket.send(content, { fin: false });
    expect((await client.closed).code).toBe(1008);
  });

  test('in fragments over the payload limit closes the connection with 1009', async () => {
    const client = await (await serve()).connect();
    for (let part = 0; part < 3; part++) client.socket.send('x'.repeat(30_000), { fin: false });
    expect((await client.closed).code).toBe(1009);
  });

  test('that is no UTF-8 closes the connection with 1007', async () => {
    const client = await (await serve()).connect();
    client.socket.send(Buffer.from([0x22, 0xff, 0xfe, 0x22]), { binary: false });
    expect((await client.closed).code).toBe(1007);
  });

  test('that breaks the WebSocket protocol closes the connection, not the server', async () => {
    const client = await (await serve()).connect();
    rawSocket(client).write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]));
    expect((await client.closed).code).toBe(1002);
    const next = await server.connect();
    expect(await next.exchange(list(1))).toHaveProperty('result');
  });

  test('is never compressed', async () => {
    const client = await (await serve()).connect({ perMessageDeflate: true });
    expect(client.socket.extensions).toBe('');
  });
});

describe('too many messages', () => {
  test('are refused with the time to wait, then the connection is closed', async () => {
    const client = await (await serve({ messageRate: () => ({ quota: 3, windowSeconds: 60 }) })).connect();
    for (let id = 1; id <= 3; id++) expect(await client.exchange(list(id))).toHaveProperty('result');
    for (let id = 4; id <= 7; id++) {
      expect(await client.exchange(list(id))).toMatchObject({
        id,
        error: { code: -32029, data: { code: 'RATE_LIMITED', retry_after: expect.any(Number) } },
      });
    }
    expect((await client.closed).code).toBe(1008);
  });

  test('are counted by request, not by batch', async () => {
    const client = await (await serve({ messageRate: () => ({ quota: 3, windowSeconds: 60 }) })).connect();
    const responses = await client.exchange<JsonRpcResponse[]>([list(1), list(2), list(3), list(4)]);
    expect(responses.filter(({ error }) => error).map(({ id }) => id)).toEqual([4]);
  });

  test('are counted whatever they hold', async () => {
    const client = await (await serve({ messageRate: () => ({ quota: 2, windowSeconds: 60 }) })).connect();
    expect((await client.exchange('{')).error?.code).toBe(-32700);
    expect((await client.exchange([])).error?.code).toBe(-32600);
    expect((await client.exchange('{')).error?.code).toBe(-32029);
    expect((await client.exchange([])).error?.code).toBe(-32029);
  });

  test('are counted with pings and pongs, which get no failure as an answer', async () => {
    const client = await (await serve({ messageRate: () => ({ quota: 3, windowSeconds: 60 }) })).connect();
    for (let frame = 0; frame < 3; frame++) {
      client.socket.ping();
      client.socket.pong();
    }
    expect(await client.exchange(list(1))).toMatchObject({ error: { data: { code: 'RATE_LIMITED' } } });
    expect((await client.closed).code).toBe(1008);
  });

  test('that close the connection are the last that is read of it', async () => {
    await serve({ messageRate: () => ({ quota: 1, windowSeconds: 60 }) });
    const accepted = once(server.app.getHttpServer(), 'connection') as Promise<[Socket]>;
    const flood = await openWire(server.host);
    const [wire] = await accepted;
    const closed = once(wire, 'close');
    for (let frame = 0; frame < 3; frame++) {
      flood.write(textFrame('{}'));
      await once(flood, 'data');
    }
    const { bytesRead } = wire;
    const chunk = Buffer.concat(Array(8_192).fill(textFrame('{}')));
    for (let chunks = 0; chunks < 100; chunks++) flood.write(chunk);
    await closed;
    // what Node had asked the system for when it stopped
    expect(wire.bytesRead - bytesRead).toBeLessThanOrEqual(chunk.length);
    flood.destroy();
  });
});

describe('calls at once', () => {
  test('are bounded on a connection: further ones wait', async () => {
    const client = await (await serve({ maxConcurrentCalls: 2 })).connect();
    for (const message of [wait(1, 100), wait(2, 100), list(3)]) client.send(message);
    expect(await read(client)).toMatchObject({ error: { data: { code: 'DEADLINE_EXCEEDED' } } });
  });

  test('are all answered, however many there are', async () => {
    const client = await (await serve({ maxConcurrentCalls: 2 })).connect();
    const total = 5_000;
    client.send(wait(0, 50));
    client.send(wait(0, 50));
    for (let id = 1; id <= total; id++) client.send(id % 2 ? list(id) : { ...list(id), method: 'nothing.atAll' });
    const answered = new Set<unknown>();
    while (answered.size <= total) answered.add((await read(client)).id);
    expect(answered.size).toBe(total + 1);
  });

  test('are cancelled when the peer disconnects', async () => {
    const client = await (await serve()).connect();
    client.send(wait(1, 60_000));
    expect(await client.exchange(list(2))).toHaveProperty('result');
    client.socket.terminate();
    await eventually(() => expect(server.get(WaitForSpecimenHandler).stopped).toBe(1));
  });
});

describe('a peer', () => {
  test('that answers no ping is dropped, one that does stays', async () => {
    await serve({ heartbeatMs: 50 });
    const lively = await server.connect();
    const dead = await server.connect({ autoPong: false });
    expect((await dead.closed).code).toBe(1006);
    await once(lively.socket, 'ping');
    expect(await lively.exchange(list(1))).toHaveProperty('result');
  });

  test('that reads none of its answers is dropped, and others notice nothing', async () => {
    await serve({ maxBufferedBytes: 100_000 });
    const frozen = await server.connect();
    const lively = await server.connect();
    frozen.socket.pause();
    const echo = { jsonrpc: '2.0', id: 'x'.repeat(50_000), method: 'specimens.listSpecimens' };
    const flood = setInterval(() => frozen.send(echo), 0);
    await eventually(() => expect(openSockets()).toBe(1));
    clearInterval(flood);
    expect(await lively.exchange(list(1))).toHaveProperty('result');
    frozen.socket.terminate();
  });
});

describe('a server that stops', () => {
  test('finishes the calls it has, refuses others and closes with 1012', async () => {
    const client = await (await serve()).connect();
    const handler = server.get(WaitForSpecimenHandler);
    client.send(wait(1, 60_000));
    await eventually(() => expect(handler.waiting).toBe(1));
    const closing = server.app.close();
    await eventually(async () => {
      const { error } = await client.exchange(list(3));
      expect(error).toMatchObject({ code: -32053, data: { code: 'SERVICE_UNAVAILABLE', retry_after: 1 } });
    });
    handler.release();
    expect(await read(client)).toMatchObject({ id: 1, result: { waited: true } });
    expect((await client.closed).code).toBe(1012);
    await expect(server.connect()).rejects.toThrow();
    await closing;
  });

  test('does not wait for a peer that never answers the close', async () => {
    const client = await (await serve()).connect();
    client.socket.pause();
    await server.app.close();
    client.socket.terminate();
  });
});

test('the WebSocket server is registered once, by any protocol', async () => {
  await serve();
  const fastify = server.app.getHttpAdapter().getInstance();
  registerWebSocketServer(fastify, { payloadBytes: 1, origins: [] });
  expect(fastify.websocketServer.options).toMatchObject({ maxPayload: 65_536, perMessageDeflate: false });
});
