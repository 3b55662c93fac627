import { afterAll, beforeAll, expect, it } from 'vitest';
import { exchange, statuses } from '../../support/raw-connection.js';
import { type SpecimenWebSocket, serveSpecimens } from '../websocket/specimen-websocket.js';

let server: SpecimenWebSocket;

beforeAll(async () => {
  server = await serveSpecimens();
});

afterAll(() => server.close());

const handshake =
  'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

it.each([
  ['a request', '/specimens/filter', ''],
  ['a WebSocket handshake', '/ws', handshake],
])('%s with more than a thousand headers is refused, none of them left out', async (_what, path, headers) => {
  for (const many of ['a:\r\n'.repeat(1_001), 'a:\r\n'.repeat(2_500)]) {
    const bytes = `GET ${path} HTTP/1.1\r\nhost: x\r\n${headers}${many}origin: https://elsewhere.example\r\n\r\n`;
    const received = await exchange(`http://${server.host}`, bytes);
    expect(statuses(received)).toEqual([431]);
    expect(received).toContain('"code":"MALFORMED_REQUEST"');
  }
});
