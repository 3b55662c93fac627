import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { exchange, RawConnection, statuses } from '../../support/raw-connection.js';
import { type SpecimenHttp, specimenHttp } from './specimen-http.js';

const requestTimeoutMs = 300;
const megabyte = 'x'.repeat(1_000_000);
const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nhost: x\r\n${headers}\r\n`;

let server: SpecimenHttp;
let accepted: Socket[] = [];
let served = 0;

beforeAll(async () => {
  server = await specimenHttp({
    http: { requestTimeoutMs },
    configure: (app) => {
      app.getHttpServer().on('connection', (socket: Socket) => accepted.push(socket));
      app.getHttpAdapter().get('/large', (_request: unknown, reply: { send(body: string): void }) => {
        served += 1;
        reply.send(megabyte);
      });
    },
  });
});

beforeEach(() => {
  accepted = [];
  served = 0;
});

afterAll(() => server.close());

it('disconnects a client that sends requests and reads nothing, and serves others', async () => {
  const { hostname, port } = new URL(server.url);
  const client = connect({ host: hostname, port: Number(port) });
  client.on('error', () => undefined);
  await once(client, 'connect');
  client.write(get('/large').repeat(1_000));
  const other = () => exchange(server.url, get('/specimens/filter', 'connection: close\r\n'));
  // a busy machine may miss the short time for a request
  await eventually(async () => expect(statuses(await other())).toEqual([200]));
  const [held] = accepted;
  if (held && !held.destroyed) await once(held, 'close');
  expect(served).toBeGreaterThan(0);
  expect(served).toBeLessThan(50);
  client.destroy();
});

it('leaves a call that takes longer alone', async () => {
  const connection = await RawConnection.open(server.url);
  const wait = get('/specimens/wait', `x-request-timeout-ms: ${requestTimeoutMs * 4}\r\n`);
  expect(statuses(await connection.write(wait).until(/\}$/))).toEqual([504]);
  connection.close();
});
