import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { refuseInPlaceOfNode } from '../../../src/protocols/http/node-refusals.js';

const total = 5_000;

let server: Server;

afterEach(() => server.close());

async function serve(listener: RequestListener): Promise<void> {
  server = createServer(listener);
  refuseInPlaceOfNode(server, { bodyBytes: 1_000_000, unreadMs: 60_000 });
  await once(server.listen(0, '127.0.0.1'), 'listening');
}

async function open(): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nhost: a\r\n${headers}\r\n`;

/** In the order of the answers. */
async function bodies(socket: Socket, ...requests: readonly string[]): Promise<string[]> {
  socket.write(`${requests.join('')}${get('/last', 'connection: close\r\n')}`);
  return [...(await text(socket)).matchAll(/<(.*?)>/g)].map(([, body = '']) => body);
}

test('requests that were sent without waiting are answered in turn with those of other connections', async () => {
  const served: string[] = [];
  await serve(({ url = '' }, response) => {
    served.push(url);
    response.end(`<${url}>`);
  });
  const [flood, other] = [await open(), await open()];
  const answers = bodies(flood, ...Array.from({ length: total }, (_, index) => get(`/${index}`)));
  expect(await bodies(other, get('/other'))).toEqual(['/other', '/last']);
  const before = served.indexOf('/other');
  expect(before).toBeLessThan(total / 2);
  expect(await answers).toEqual([...Array.from({ length: total }, (_, index) => `/${index}`), '/last']);
});

test('bodies of requests that wait arrive whole', async () => {
  await serve((request, response) => {
    void text(request).then((body) => response.end(`<${body.length}>`));
  });
  const post = (size: number) => `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${size}\r\n\r\n${'x'.repeat(size)}`;
  const sizes = Array.from({ length: 200 }, (_, index) => index * 500);
  expect(await bodies(await open(), ...sizes.map(post))).toEqual([...sizes.map(String), '0']);
});
