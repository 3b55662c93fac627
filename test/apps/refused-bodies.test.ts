import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningProcess, startProcess } from '../support/process.js';

const large = Buffer.alloc(5_000_000, ' ');
const rounds = Array.from({ length: 20 }, (_, round) => round);

let gateway: RunningProcess;
let url: string;

beforeAll(async () => {
  gateway = startProcess({ SERVICE_NAME: 'api-gateway' });
  const [, address = ''] = await gateway.line(/Health +(http\S+)\/health/);
  url = address;
});

afterAll(() => gateway.end('SIGKILL'));

it.each([
  [413, 'POST', '/users', 'application/json'],
  [413, 'POST', '/graphql', 'application/json'],
  [415, 'POST', '/users', 'text/plain'],
  [405, 'PUT', '/users', 'application/json'],
])('fetch sees %i for five megabytes to %s %s of %s, 20 of 20', async (status, method, path, type) => {
  for (const _round of rounds) {
    const response = await fetch(url + path, { method, headers: { 'content-type': type }, body: large });
    expect([response.status, (await response.text()).length > 0]).toEqual([status, true]);
  }
});

it('fetch gets 413 for five megabytes without a length, 20 of 20', async () => {
  for (const _round of rounds) {
    const headers = { 'content-type': 'application/json' };
    const body = new Blob([large]).stream();
    const response = await fetch(`${url}/users`, { method: 'POST', headers, body, duplex: 'half' });
    expect([response.status, await response.json()]).toMatchObject([413, { code: 'PAYLOAD_TOO_LARGE' }]);
  }
});

it('a client sees 401 for five megabytes to an operation that reads none, 20 of 20', async () => {
  for (const _round of rounds) {
    const sent = request(`${url}/users/me`, { headers: { 'content-length': large.length } }).end(large);
    const closed = once(sent, 'close');
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect([response.statusCode, await json(response)]).toMatchObject([401, { code: 'UNAUTHENTICATED' }]);
    await closed;
  }
});
