import { afterAll, beforeAll, expect, it } from 'vitest';
import { Pipeline } from '../../../src/pipeline/pipeline.js';
import { OperationRegistry } from '../../../src/pipeline/registry.js';
import { registerWebSocket } from '../../../src/protocols/websocket/register-websocket.js';
import { RawConnection, statuses } from '../../support/raw-connection.js';
import { type SpecimenHttp, specimenHttp } from './specimen-http.js';

let server: SpecimenHttp;
let withoutSockets: SpecimenHttp;

beforeAll(async () => {
  withoutSockets = await specimenHttp();
  server = await specimenHttp({
    configure: (app) => {
      registerWebSocket(app.getHttpAdapter().getInstance(), {
        pipeline: app.get(Pipeline),
        operations: app.get(OperationRegistry).served('websocket'),
        payloadBytes: 65_536,
        origins: [],
      });
    },
  });
});

afterAll(() => Promise.all([server.close(), withoutSockets.close()]));

/** As curl --http2 and Java's HttpClient ask for it with their first request. */
const http2 = 'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n';
const webSocket =
  'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const get = (path: string, headers: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n${headers}\r\n`;
const last = get('/specimens/filter', 'connection: close\r\n');

it.each([
  ['HTTP/2', get('/specimens/filter', http2), [200]],
  [
    'HTTP/2, with a body',
    `POST /specimens/token HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 12\r\n${http2}\r\n{"name":"x"}`,
    [200],
  ],
  ['a WebSocket with another method', get('/ws', webSocket).replace('GET', 'DELETE'), [405]],
  ['a WebSocket behind a request of the same packet', get('/specimens/filter', '') + get('/ws', webSocket), [200, 400]],
  [
    'a WebSocket while earlier requests wait',
    get('/specimens/wait', 'x-request-timeout-ms: 50\r\n') + get('/ws', webSocket),
    [504, 400],
  ],
])('a request that asks for %s is an ordinary one, and its connection stays', async (_what, bytes, expected) => {
  const connection = await RawConnection.open(server.url);
  await connection.write(bytes).until(new RegExp(`${'HTTP/1.1 [\\s\\S]*\\}'.repeat(expected.length)}$`));
  const received = await connection.write(last).untilClosed();
  expect(statuses(received)).toEqual([...expected, 200]);
});

it('a request for a WebSocket is an ordinary one where none is served', async () => {
  const connection = await RawConnection.open(withoutSockets.url);
  expect(statuses(await connection.write(get('/specimens/filter', webSocket)).until(/\}$/))).toEqual([200]);
  connection.close();
});

it('a WebSocket opens after answered requests', async () => {
  const connection = await RawConnection.open(server.url);
  await connection.write(get('/specimens/filter', '')).until(/\}$/);
  expect(await connection.write(get('/ws', webSocket)).until(/101 [\s\S]*\r\n\r\n$/)).toContain('HTTP/1.1 101 ');
  connection.close();
});

it('a request for a WebSocket at two hosts is refused', async () => {
  const connection = await RawConnection.open(server.url);
  expect(statuses(await connection.write(get('/ws', `host: y\r\n${webSocket}`)).untilClosed())).toEqual([400]);
});

it('a request for a WebSocket is answered behind more requests than are served at once', async () => {
  const connection = await RawConnection.open(server.url);
  const received = await connection
    .write(get('/specimens/filter', '').repeat(50) + get('/ws', webSocket))
    .until(/1 400 .*\}$/s);
  expect(statuses(received)).toEqual([...Array(50).fill(200), 400]);
  connection.close();
});
