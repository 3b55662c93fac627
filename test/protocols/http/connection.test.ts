import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../support/certificates.js';
import { exchange, RawConnection, statuses } from '../../support/raw-connection.js';
import { type SpecimenHttp, specimenHttp } from './specimen-http.js';

const garbage = 'this is no HTTP\r\n\r\n';
const host = 'host: x\r\n';
const echo = `GET /specimens/filter HTTP/1.1\r\n${host}\r\n`;
/** Answered with 504 after a moment. */
const wait = `GET /specimens/wait HTTP/1.1\r\n${host}x-request-timeout-ms: 50\r\n\r\n`;
const post = (headers: string, body: string, type = 'application/json') =>
  `POST /specimens/token HTTP/1.1\r\n${host}content-type: ${type}\r\n${headers}\r\n\r\n${body}`;
const token = post('content-length: 12', '{"name":"x"}');
const brokenChunk = 'zz\r\n';

let file = new PassThrough();
let plain: SpecimenHttp;
let secure: SpecimenHttp;

const withFile: Parameters<typeof specimenHttp>[0] = {
  configure: (app) => {
    app
      .getHttpAdapter()
      .get('/file', (_request: unknown, reply: { send(body: PassThrough): void }) => reply.send(file));
  },
};

beforeAll(async () => {
  const { cert, key } = await (await Authority.create()).issue();
  plain = await specimenHttp(withFile);
  secure = await specimenHttp({ http: { tls: { cert: Buffer.from(cert), key: Buffer.from(key) } } });
});

afterAll(() => Promise.all([plain.close(), secure.close()]));

describe.each(['http', 'https'])('bytes that do not parse, over %s', (scheme) => {
  const server = () => (scheme === 'http' ? plain : secure);

  it.each([
    ['alone', garbage, [400]],
    ['after a request', token + garbage, [200, 400]],
    ['after a request that takes its time', wait + garbage, [504, 400]],
    ['after several requests', wait + token + echo + garbage, [504, 200, 200, 400]],
    ['after more requests than are served at once', echo.repeat(50) + garbage, [...Array(50).fill(200), 400]],
    [
      'in the body of a request that waits',
      echo.repeat(50) + post('transfer-encoding: chunked', brokenChunk),
      [...Array(50).fill(200), 400],
    ],
    ['after headers that are too long', `${wait}GET / HTTP/1.1\r\na: ${'a'.repeat(300_000)}\r\n\r\n`, [504, 431]],
    [
      'after a request that closes the connection',
      post('connection: close\r\ncontent-length: 2', `{}${garbage}`),
      [400],
    ],
    ['in a body', post('transfer-encoding: chunked', brokenChunk), [400]],
    ['in the body of a later request', wait + post('transfer-encoding: chunked', brokenChunk), [504, 400]],
    ['in a body that is refused already', post('transfer-encoding: chunked', brokenChunk, 'text/xml'), [415]],
  ])('are answered in order: %s', async (_where, bytes, expected) => {
    expect(statuses(await exchange(server().url, bytes))).toEqual(expected);
  });

  it('are answered once, however many follow', async () => {
    const connection = await RawConnection.open(server().url);
    connection.write(wait + garbage);
    await connection.until(/504[\s\S]*400/);
    connection.write(garbage.repeat(1_000));
    expect(statuses(await connection.untilClosed())).toEqual([504, 400]);
  });
});

it('answers bytes that do not parse after a file, never inside it', async () => {
  file = new PassThrough();
  const connection = await RawConnection.open(plain.url);
  connection.write(`GET /file HTTP/1.1\r\n${host}\r\n`);
  file.write('the first half ');
  await connection.until(/first half/);
  connection.write(garbage);
  // the server has read the bytes before those of another connection
  await exchange(plain.url, garbage);
  file.end('and the second');
  const received = await connection.untilClosed();
  expect(received).toMatch(/first half \r\ne\r\nand the second\r\n0\r\n\r\nHTTP\/1\.1 400 /);
});

it('closes after a request that closes, with a line break too many', async () => {
  expect(
    statuses(await exchange(plain.url, `${post('connection: close\r\ncontent-length: 12', '{"name":"x"}')}\r\n`)),
  ).toEqual([200]);
});

describe('a request that HTTP forbids', () => {
  it.each([
    ['two hosts', 'host: a\r\nhost: b'],
    ['one host twice', 'host: a\r\nhost: a'],
    ['two hosts, one without a name', 'host: a\r\nhost:'],
    ['a host with a path', 'host: a b/c?d'],
    ['a host with a user', 'host: user@a'],
    ['a host with a port that is none', 'host: a:b'],
    ['a host that is not ASCII', 'host: \xe4'],
    ['a host of half an address', 'host: [::1'],
  ])('is refused: %s', async (_what, headers) => {
    const received = await exchange(
      plain.url,
      `GET /specimens/filter HTTP/1.1\r\n${headers}\r\nx-request-id: mine\r\n\r\n`,
    );
    expect(statuses(received)).toEqual([400]);
    expect(received).toContain('"code":"MALFORMED_REQUEST"');
    expect(received).toContain('x-request-id: mine\r\n');
  });

  it.each([
    '[::1]',
    '[::1]:3000',
    '[fe80::1%25eth0]:80',
    'a_b.example.com',
    '127.0.0.1:80',
    'a:',
    'xn--4ca.example',
    '',
  ])('is not one with the host %j', async (name) => {
    const request = `GET /specimens/filter HTTP/1.1\r\nhost: ${name}\r\nconnection: close\r\n\r\n`;
    expect(statuses(await exchange(plain.url, request))).toEqual([200]);
  });

  it.each([
    ['an unknown transfer coding', post('transfer-encoding: gzip, chunked', '2\r\n{}\r\n0\r\n\r\n'), [501]],
    ['a transfer coding that is not the last', post('transfer-encoding: chunked, gzip', '2\r\n{}\r\n0\r\n\r\n'), [400]],
    ['another version', `GET /specimens/filter HTTP/2.0\r\n${host}\r\n`, [505]],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400]],
    ['two lengths', post('content-length: 2\r\ncontent-length: 3', '{} '), [400]],
    ['a length beside chunks', post('content-length: 2\r\ntransfer-encoding: chunked', '0\r\n\r\n'), [400]],
    ['a length with a sign', post('content-length: +2', '{}'), [400]],
    ['chunks that end in line feeds', post('transfer-encoding: chunked', '2\n{}\n0\n\n'), [400]],
    ['a chunk in another notation', post('transfer-encoding: chunked', '0x2\r\n{}\r\n0\r\n\r\n'), [400]],
    ['extensions without end', post('transfer-encoding: chunked', `2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`), [413]],
    ['a folded header', `GET /specimens/filter HTTP/1.1\r\n${host}a: 1\r\n 2\r\n\r\n`, [400]],
    ['line feeds alone', 'GET /specimens/filter HTTP/1.1\nhost: x\n\n', [400]],
    ['a space before the colon', `GET /specimens/filter HTTP/1.1\r\n${host}content-length : 1\r\n\r\n`, [400]],
  ])('is refused, with all that follows: %s', async (_what, bytes, expected) => {
    expect(statuses(await exchange(plain.url, bytes + echo))).toEqual(expected);
  });
});

describe('CONNECT', () => {
  const tunnel = 'CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n';

  it('is a method that is not allowed', async () => {
    const received = await exchange(plain.url, tunnel);
    expect(statuses(received)).toEqual([405]);
    expect(received).toMatch(/\r\nallow: *\r\n/);
    expect(received).toContain('"code":"METHOD_NOT_ALLOWED"');
  });

  it('is answered in order', async () => {
    expect(statuses(await exchange(plain.url, wait + tunnel))).toEqual([504, 405]);
  });

  it('takes a body, and a client that goes away', async () => {
    const connection = await RawConnection.open(plain.url);
    connection.write(`CONNECT x:1 HTTP/1.1\r\n${host}content-length: 10\r\n\r\n123`);
    expect(statuses(await connection.untilClosed())).toEqual([405]);
    (await RawConnection.open(plain.url)).write(wait + tunnel).close();
    expect(statuses(await exchange(plain.url, token + garbage))).toEqual([200, 400]);
  });
});
