import { afterAll, beforeAll, expect, test } from 'vitest';
import { RawConnection } from '../../support/raw-connection.js';
import { type SpecimenWebSocket, serveSpecimens } from './specimen-websocket.js';

let server: SpecimenWebSocket;
let behindProxy: SpecimenWebSocket;

beforeAll(async () => {
  server = await serveSpecimens();
  behindProxy = await serveSpecimens({ trustedProxies: ['127.0.0.0/8'] });
});

afterAll(() => Promise.all([server.close(), behindProxy.close()]));

const headersOf = (named: Readonly<Record<string, string>>) =>
  Object.entries({
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...named,
  }).map(([name, value]) => `${name}: ${value}\r\n`);

/** The status of a handshake with these headers. */
async function handshake(named: Readonly<Record<string, string>>, { host } = server): Promise<number> {
  const connection = await RawConnection.open(`http://${host}`);
  connection.write(`GET /ws HTTP/1.1\r\n${headersOf(named).join('')}\r\n`);
  const received = await connection.until(/\r\n\r\n/);
  connection.close();
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1]);
}

test.each([
  ['https://shop.example', 'shop.example'],
  ['https://shop.example', 'shop.example:443'],
  ['https://shop.example', 'shop.example:80'],
  ['https://shop.example:443', 'shop.example'],
  ['http://shop.example', 'shop.example:80'],
  ['http://shop.example:80', 'SHOP.example'],
  ['http://shop.example:3000', 'shop.example:3000'],
  ['https://[::1]', '[::1]:443'],
  ['http://[::1]:3000', '[0:0:0:0:0:0:0:1]:3000'],
  ['https://app.example.com:443', 'other.example'],
])('the origin %s may open a WebSocket at the host %s', async (origin, host) => {
  expect(await handshake({ origin, host })).toBe(101);
});

test.each([
  ['https://shop.example', 'shop.example:8443'],
  ['https://shop.example:8443', 'shop.example'],
  ['https://shop.example', 'shop.example.evil'],
  ['https://shop.example:80443', 'shop.example'],
  ['null', 'null'],
  ['ftp://shop.example', 'shop.example'],
  ['https://user@shop.example', 'shop.example.evil'],
])('the origin %s may not open one at the host %s', async (origin, host) => {
  expect(await handshake({ origin, host })).toBe(403);
});

test.each([
  'shop.example',
  'SHOP.example:443',
  'shop.example, gateway.internal',
  'gateway.internal:80, shop.example:80',
])('behind a trusted proxy the own host is that of X-Forwarded-Host: %s', async (forwarded) => {
  const headers = { origin: 'https://shop.example', host: 'backend:3000', 'x-forwarded-host': forwarded };
  expect(await handshake(headers, behindProxy)).toBe(101);
  expect(await handshake({ ...headers, origin: 'https://evil.example' }, behindProxy)).toBe(403);
  expect(await handshake({ ...headers, origin: 'http://backend:3000' }, behindProxy)).toBe(403);
  expect(await handshake(headers)).toBe(403);
});

test('behind a trusted proxy that keeps the host it counts', async () => {
  expect(await handshake({ origin: 'https://shop.example', host: 'shop.example' }, behindProxy)).toBe(101);
});
