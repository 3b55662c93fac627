import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Client, credentials, ServerCredentials, status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describe as descriptorOf } from '../../../src/contract/module.js';
import { decodeFailure } from '../../../src/protocols/grpc/status-details.js';
import { WaitForSpecimenHandler } from '../../fixtures/specimens/specimens.handlers.js';
import { DiscardSpecimen, FilterSpecimens, WaitForSpecimen } from '../../fixtures/specimens/specimens.operations.js';
import { failureIn, frame, type RawAnswer, rawCall } from './raw-call.js';
import { codecOf, failureOf, SpecimenGrpc, statusOf } from './specimen-grpc.js';

const { path } = descriptorOf(FilterSpecimens).wire.grpc;
const request = codecOf(FilterSpecimens).encodeRequest({ colours: [] });

/** Closes what a test opened. */
const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function startGrpc(...options: Parameters<typeof SpecimenGrpc.start>): Promise<SpecimenGrpc> {
  const grpc = await SpecimenGrpc.start(...options);
  opened.push(() => grpc.stop());
  return grpc;
}

const send = (
  { address }: SpecimenGrpc,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
  to = path,
): Promise<RawAnswer> => rawCall({ address, path: to, body, headers: Object.entries(headers) });

describe('one connection with many calls at once', () => {
  const total = 900;

  /** Of the calls of a flood, how many had their end before `after` was called. */
  async function flood({ address }: SpecimenGrpc, after: () => Promise<unknown>): Promise<number> {
    const session = connectHttp2(`http://${address}`);
    opened.push(() => session.destroy());
    await once(session, 'remoteSettings');
    let ended = 0;
    const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
    const calls = Array.from({ length: total }, async () => {
      const stream = session.request(headers).end(frame(request)).resume();
      await once(stream, 'trailers');
      ended++;
    });
    await after();
    const before = ended;
    await Promise.all(calls);
    return before;
  }

  it('takes back what still waits, for any reason', async () => {
    const grpc = await startGrpc();
    const session = connectHttp2(`http://${grpc.address}`);
    opened.push(() => session.destroy());
    await once(session, 'remoteSettings');
    const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
    const closed = Array.from({ length: total }, (_, index) => {
      const stream = session.request(headers).on('error', () => undefined);
      stream.write(frame(request));
      stream.close(index % 14);
      return new Promise((resolve) => stream.once('close', resolve));
    });
    await Promise.all(closed);
    expect((await grpc.send(path, request)).bytes.length).toBeGreaterThan(0);
  });

  it('takes turns with the calls of others', async () => {
    const grpc = await startGrpc();
    await grpc.send(path, request);
    expect(await flood(grpc, () => grpc.send(path, request))).toBeLessThan(total / 2);
  });
});

describe('hostile input over gRPC', () => {
  let grpc: SpecimenGrpc;
  beforeAll(async () => {
    grpc = await SpecimenGrpc.start({ messageBytes: 2_000 });
  });
  afterAll(() => grpc.stop());
  afterEach(async () => {
    expect((await grpc.send(path, request)).bytes.length).toBeGreaterThan(0);
  });

  it('is malformed when the bytes do not decode', async () => {
    expect(await failureOf(grpc.send(path, Buffer.from('{"page": 1}')))).toMatchObject({
      code: 'MALFORMED_REQUEST',
      kind: 'invalid_argument',
    });
  });

  it('is too large above the limit, compressed or not', async () => {
    const error = await statusOf(grpc.send(path, Buffer.alloc(2_001)));
    expect(error.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(decodeFailure(error).code).toBe('PAYLOAD_TOO_LARGE');
    const bomb = await send(grpc, frame(gzipSync(Buffer.alloc(100_000)), 1), { 'grpc-encoding': 'gzip' });
    expect([bomb.headers['grpc-status'], failureIn(bomb)?.code]).toEqual(['8', 'PAYLOAD_TOO_LARGE']);
  });

  it('is unimplemented for a method that there is not', async () => {
    for (const unknown of [
      '/specimens.v1.SpecimensService/Nothing',
      '/a',
      '/specimens.v3.SpecimensService/EchoSpecimen',
      '/a%zz/b',
      '/é/b',
    ]) {
      expect(await failureOf(grpc.send(unknown, request))).toMatchObject({
        code: 'UNIMPLEMENTED',
        kind: 'unimplemented',
      });
      const answer = await send(grpc, frame(request), {}, unknown);
      expect(failureIn(answer)).toMatchObject({ code: 'UNIMPLEMENTED', detail: 'There is no such operation' });
    }
  });

  it.each<[string, Buffer, Record<string, string>, string, string]>([
    ['no message', Buffer.alloc(0), {}, '3', 'MALFORMED_REQUEST'],
    ['two messages', Buffer.concat([frame(request), frame(request)]), {}, '3', 'MALFORMED_REQUEST'],
    ['bytes that do not decompress', frame(request, 1), { 'grpc-encoding': 'gzip' }, '3', 'MALFORMED_REQUEST'],
    ['an encoding that there is not', frame(request, 1), { 'grpc-encoding': 'rot13' }, '12', 'UNIMPLEMENTED'],
    ['a timeout that is none', frame(request), { 'grpc-timeout': 'soon' }, '3', 'MALFORMED_REQUEST'],
  ])('is answered when there is %s', async (_, body, headers, expectedStatus, code) => {
    const answer = await send(grpc, body, headers);
    expect([answer.headers['grpc-status'], failureIn(answer)?.code]).toEqual([expectedStatus, code]);
  });

  it('is answered 415 when it is no gRPC', async () => {
    const { headers } = await send(grpc, Buffer.from('{}'), { 'content-type': 'application/json' });
    expect(headers[':status']).toBe(415);
  });

  it.each([
    'GET / HTTP/1.1\r\nhost: x\r\n\r\n',
    '\0\0\0\0\0\0\0\0',
    `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${'\xff'.repeat(20)}`,
  ])('ends a connection that speaks another protocol: %j', async (bytes) => {
    const { port } = grpc.server;
    const socket = connect(port ?? 0, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'close');
  });

  it('continues when a caller disconnects in the middle of a message', async () => {
    const { port } = grpc.server;
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc' });
    stream.on('error', () => {});
    stream.write(frame(request).subarray(0, 3));
    await once(session, 'remoteSettings');
    session.destroy();
    await once(session, 'close');
  });
});

describe.each([
  ['none', []],
  ['a longer one', [['grpc-timeout', '1H']]],
] as const)('where a caller sets %s, the deadline of the process', (_, headers) => {
  it.each([
    ['does not come', Buffer.alloc(0)],
    ['does not come to its end', frame(Buffer.alloc(10)).subarray(0, 8)],
    ['is not followed by its end', frame(request)],
  ])('ends a call whose request %s', async (_what, body) => {
    const { address } = await startGrpc({}, { pipeline: { deadlineMs: 50 } });
    const answer = await rawCall({ address, path, body, headers, isOpen: true });
    expect(failureIn(answer)?.code).toBe('DEADLINE_EXCEEDED');
  });
});

describe('connections', () => {
  const closedBy = async (grpc: SpecimenGrpc): Promise<void> => {
    const session = connectHttp2(`http://${grpc.address}`);
    opened.push(() => session.destroy());
    await once(session, 'close');
  };

  it('are closed by the server when they are idle, as those of probes are', async () => {
    await closedBy(await startGrpc({ connections: { 'grpc.max_connection_idle_ms': 50 } }));
  });

  it('are closed by the server when they are old', async () => {
    await closedBy(await startGrpc({ connections: { 'grpc.max_connection_age_ms': 50 } }));
  });

  it('are closed by the server when the peer is dead', async () => {
    const grpc = await startGrpc({
      connections: { 'grpc.keepalive_time_ms': 50, 'grpc.keepalive_timeout_ms': 50 },
    });
    const socket: Socket = connect(grpc.server.port ?? 0, '127.0.0.1');
    opened.push(() => socket.destroy());
    socket.on('error', () => {});
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');
    socket.resume();
    await once(socket, 'close');
  });

  it('stay open when more callers leave than Node lets go by itself', { timeout: 60_000 }, async () => {
    const grpc = await startGrpc({}, { pipeline: { deadlineMs: 120_000 } });
    const { pipeline } = grpc.application;
    const staying = new AbortController();
    const stays = statusOf(grpc.call(WaitForSpecimen, {}, { signal: staying.signal }));
    for (let wave = 0; wave < 24; wave++) {
      const leaving = new AbortController();
      const leave = Array.from({ length: 50 }, () =>
        statusOf(grpc.call(WaitForSpecimen, {}, { signal: leaving.signal })),
      );
      await expect.poll(() => pipeline.running).toBe(51);
      leaving.abort();
      await Promise.all(leave);
      await expect.poll(() => pipeline.running).toBe(1);
    }
    staying.abort();
    expect((await stays).code).toBe(status.CANCELLED);
  });

  it('are refused on a port that is taken', async () => {
    const grpc = await startGrpc();
    await expect(SpecimenGrpc.start({ port: grpc.server.port ?? 0 })).rejects.toThrow(/EADDRINUSE/);
  });
});

describe('closing', () => {
  it('lets running calls finish and takes no new ones', async () => {
    const grpc = await startGrpc({ shutdownMs: 60_000 });
    const handler = grpc.application.get(WaitForSpecimenHandler);
    const running = grpc.call(WaitForSpecimen, {});
    await expect.poll(() => handler.waiting).toBe(1);
    const closed = grpc.server.close();
    expect((await failureOf(grpc.send(path, request))).kind).toBe('unavailable');
    handler.release();
    expect(await running).toEqual({ waited: true });
    await closed;
  });

  it('ends calls that take longer than it may wait', async () => {
    const grpc = await startGrpc({ shutdownMs: 50 });
    const running = failureOf(grpc.call(WaitForSpecimen, {}));
    await expect.poll(() => grpc.application.pipeline.running).toBe(1);
    await grpc.server.close();
    expect((await running).kind).not.toBe('deadline_exceeded');
    await expect.poll(() => grpc.application.get(WaitForSpecimenHandler).stopped).toBe(1);
  });
});

describe('gRPC over TLS', () => {
  it('serves with the certificate it is given and drops plain text', async () => {
    const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../../platform/security/fixtures', name));
    const [cert, key] = [fixture('localhost.cert.pem'), fixture('localhost.key.pem')];
    const secure = ServerCredentials.createSsl(null, [{ cert_chain: cert, private_key: key }]);
    const grpc = await startGrpc({ credentials: secure });
    const client = new Client(`localhost:${grpc.server.port}`, credentials.createSsl(cert));
    opened.push(() => client.close());
    const same = (bytes: Buffer) => bytes;
    const discard = descriptorOf(DiscardSpecimen).wire.grpc.path;
    const bytes = codecOf(DiscardSpecimen).encodeRequest({ id: crypto.randomUUID() });
    const answer = await new Promise<Buffer | undefined>((resolve, reject) => {
      client.makeUnaryRequest(discard, same, same, bytes, (error, value) => (error ? reject(error) : resolve(value)));
    });
    expect(answer).toHaveLength(0);
    expect((await failureOf(grpc.send(path, request, { deadline: Date.now() + 60_000 }))).kind).toBe('unavailable');
  });
});
