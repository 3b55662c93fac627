import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { Aedes } from 'aedes';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { Failure } from '../../src/contract/failure.js';
import { ListSpecimens } from '../fixtures/specimens/specimens.operations.js';
import { specimenProtos } from '../fixtures/specimens/specimens.protos.js';
import { createClient } from '../support/create-client.js';

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface ForeignAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

async function httpServer({ status: code, body, headers = {} }: ForeignAnswer): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(code, headers).end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function failureFrom(url: string, protocol: 'rest' | 'graphql' | 'websocket' | 'grpc'): Promise<Failure> {
  const client = createClient({ protocol, url, protos: specimenProtos });
  const failure = await client.execute(new ListSpecimens()).catch((error: unknown) => error);
  await client.close();
  if (failure instanceof Failure) return failure;
  throw new Error(`no failure: ${failure}`);
}

const page = '<html>a page of a proxy</html>';

describe.each(['rest', 'graphql'] as const)('an answer over %s that is not ours', (protocol) => {
  test.each([
    [401, 'UNAUTHENTICATED'],
    [403, 'PERMISSION_DENIED'],
    [404, 'NOT_FOUND'],
    [418, 'INTERNAL'],
    [429, 'RATE_LIMITED'],
    [500, 'INTERNAL'],
    [502, 'SERVICE_UNAVAILABLE'],
    [503, 'SERVICE_UNAVAILABLE'],
    [504, 'DEADLINE_EXCEEDED'],
  ])('of status %i is %s', async (code, expected) => {
    const url = await httpServer({ status: code, body: page, headers: { 'retry-after': '7' } });
    expect(await failureFrom(url, protocol)).toMatchObject({ code: expected, retryAfterSeconds: 7 });
  });

  test('and leads elsewhere is not followed: the token is not for everyone', async () => {
    const url = await httpServer({ status: 302, body: '', headers: { location: 'http://127.0.0.1:9' } });
    expect(await failureFrom(url, protocol)).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});

describe('a code that the operation does not declare', () => {
  test('over REST is a failure of the kind of its status', async () => {
    const body = JSON.stringify({ code: 'ORDER_CLOSED', detail: 'The order is closed', title: 'Closed' });
    const url = await httpServer({ status: 409, body });
    const expected = { code: 'ORDER_CLOSED', kind: 'already_exists', message: 'The order is closed' };
    expect(await failureFrom(url, 'rest')).toMatchObject(expected);
  });

  test('over GraphQL is a failure all the same', async () => {
    const errors = [{ message: 'The order is closed', extensions: { code: 'ORDER_CLOSED' } }];
    const url = await httpServer({ status: 200, body: JSON.stringify({ data: null, errors }) });
    expect(await failureFrom(url, 'graphql')).toMatchObject({ code: 'ORDER_CLOSED', kind: 'internal' });
  });

  test('over GraphQL without a code is not ours', async () => {
    const url = await httpServer({ status: 200, body: JSON.stringify({ errors: [{ message: 'no' }] }) });
    expect(await failureFrom(url, 'graphql')).toMatchObject({ code: 'INTERNAL' });
  });
});

async function answering(answer: (text: string) => string): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => socket.on('message', (data) => socket.send(answer(String(data)))));
  await once(server, 'listening');
  stops.push(async () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/other`;
}

describe('a WebSocket server that is not ours', () => {
  test('and sends no JSON is left', async () => {
    expect(await failureFrom(await answering(() => 'hello'), 'websocket')).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
  });

  test('and answers with an unknown code is a failure of the kind of its number', async () => {
    const error = { code: -32010, message: 'The order is closed', data: { code: 'ORDER_CLOSED' } };
    const url = await answering((text) => JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(text).id, error }));
    expect(await failureFrom(url, 'websocket')).toMatchObject({ code: 'ORDER_CLOSED', kind: 'failed_precondition' });
  });

  test('and is no WebSocket server at all is not available', async () => {
    const url = await httpServer({ status: 403, body: page });
    expect(await failureFrom(url, 'websocket')).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});

describe('an answer that begins with a byte order mark', () => {
  const page = { items: [], page_meta: { page: 1, limit: 20, total_items: 0, total_pages: 0 } };
  const marked = (value: object) => `\ufeff${JSON.stringify(value)}`;

  async function listOver(protocol: 'rest' | 'websocket' | 'mqtt', url: string): Promise<unknown> {
    const client = createClient({ protocol, url, protos: specimenProtos });
    stops.push(() => client.close());
    return client.execute(new ListSpecimens());
  }

  test('is read over REST', async () => {
    expect(await listOver('rest', await httpServer({ status: 200, body: marked(page) }))).toMatchObject({ items: [] });
  });

  test('is read over WebSocket', async () => {
    const url = await answering((text) => marked({ jsonrpc: '2.0', id: JSON.parse(text).id, result: page }));
    expect(await listOver('websocket', url)).toMatchObject({ items: [] });
  });

  test('is read over MQTT', async () => {
    const aedes = await Aedes.createBroker({
      published: ({ topic, payload }, client, done) => {
        done();
        if (!client || !topic.startsWith('mstv/rpc/')) return;
        const { reply_to, correlation_id } = JSON.parse(String(payload));
        const reply = marked({ correlation_id, result: page });
        aedes.publish({ cmd: 'publish', topic: reply_to, payload: reply, qos: 0, retain: false, dup: false }, done);
      },
    });
    const server = createTcpServer(aedes.handle);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    stops.push(async () => {
      aedes.close();
      server.close();
    });
    const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await listOver('mqtt', url)).toMatchObject({ items: [] });
  });
});

test.each(['localhost', '127.0.0.1'])('gRPC over TLS to %s trusts what Node trusts', async (host) => {
  const [cert, key] = ['cert', 'key'].map((name) =>
    readFileSync(`test/platform/security/fixtures/localhost.${name}.pem`),
  );
  if (!cert || !key) throw new Error('no certificate');
  const server = new Server();
  const secure = ServerCredentials.createSsl(null, [{ cert_chain: cert, private_key: key }]);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync('127.0.0.1:0', secure, (error, port) => (error ? reject(error) : resolve(port)));
  const url = `grpcs://${host}:${await promise}`;
  stops.push(async () => server.forceShutdown());
  expect(await failureFrom(url, 'grpc')).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, cert.toString()]);
  expect(await failureFrom(url, 'grpc')).toMatchObject({ code: 'UNIMPLEMENTED' });
  setDefaultCACertificates(trusted);
});
