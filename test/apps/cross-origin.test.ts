import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startApplication } from '../support/application.js';
import { exchange, statuses } from '../support/raw-connection.js';
import type { RunningTarget } from '../support/target.js';

const origin = 'https://app.example.com';

let target: RunningTarget;
let url: string;

beforeAll(async () => {
  target = await startApplication({
    ALLOWED_ORIGINS: `http://localhost:5173,${origin}`,
    TRUSTED_PROXIES: '127.0.0.1',
  });
  url = target.addresses.http;
});

afterAll(() => target.stop());

const list = (header: string | null) => new Set(header?.split(/, */));

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const preflight = (from: string, path = '/users/me') =>
  fetch(url + path, {
    method: 'OPTIONS',
    headers: {
      origin: from,
      'access-control-request-method': 'DELETE',
      'access-control-request-headers': 'authorization,idempotency-key',
    },
  });

describe('a page of an allowed origin', () => {
  it('may use every method of a route with the requested headers, with one preflight in two hours', async () => {
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
    const used = new Set(Object.values(paths).flatMap((path) => Object.keys(path).map((name) => name.toUpperCase())));
    const { status, headers } = await preflight(origin);
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    expect(used.difference(list(headers.get('access-control-allow-methods')))).toEqual(new Set());
    expect(list(headers.get('access-control-allow-headers'))).toEqual(new Set(['authorization', 'idempotency-key']));
    expect(headers.get('access-control-max-age')).toBe('7200');
  });

  it.each([
    ['an answer', 'GET', '/health', 200],
    ['a missing token', 'GET', '/users', 401],
    ['a wrong method', 'PUT', '/users', 405],
    ['no address', 'GET', '/nowhere', 404],
    ['a body of another type', 'POST', '/users', 415],
    ['a GraphQL request', 'PUT', '/graphql', 405],
  ])('sees %s and the headers that belong to it', async (_what, method, path, status) => {
    const body = method === 'POST' ? 'text' : undefined;
    const response = await fetch(url + path, { method, headers: { origin }, body });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([status, origin]);
    expect(response.headers.get('vary')).toMatch(/origin/i);
    expect(list(response.headers.get('access-control-expose-headers'))).toEqual(
      new Set(['x-request-id', 'ratelimit', 'ratelimit-policy', 'retry-after', 'location', 'etag', 'allow']),
    );
  });
});

describe('a page of another origin', () => {
  it.each(['https://evil.example', `${origin}.evil.example`, 'http://app.example.com', 'null'])(
    'gets no leave: %s',
    async (from) => {
      const answers = await Promise.all([preflight(from), fetch(`${url}/health`, { headers: { origin: from } })]);
      expect(answers.map(({ status }) => status)).toEqual([405, 200]);
      for (const { headers } of answers) {
        expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
        expect(headers.get('vary')).toMatch(/origin/i);
      }
    },
  );
});

it.each(['/ws', '/graphql'])(
  'opens a WebSocket at %s for the host that a trusted proxy was asked for',
  async (path) => {
    const subprotocols = path === '/ws' ? [] : ['graphql-transport-ws'];
    const open = (from: string) => {
      const headers = { host: 'backend:3000', 'x-forwarded-host': 'shop.example' };
      const socket = new WebSocket(url.replace('http', 'ws') + path, subprotocols, { origin: from, headers });
      return once(socket, 'open').then(
        () => socket.terminate(),
        (error: Error) => error.message,
      );
    };
    expect(await open('https://shop.example')).toBeUndefined();
    expect(await open('https://evil.example')).toMatch(/403/);
  },
);

describe('OPTIONS that is no preflight', () => {
  it('is a method that is not allowed', async () => {
    const response = await fetch(`${url}/users`, { method: 'OPTIONS' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, GET, HEAD']);
    expect(await response.json()).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
  });

  it('of the whole server finds nothing', async () => {
    expect(statuses(await exchange(url, 'OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'))).toEqual([404]);
  });
});

it('a wrong method is one at an absolute address, too', async () => {
  const received = await exchange(url, 'PUT http://x:80/users?a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  expect(statuses(received)).toEqual([405]);
  expect(received).toContain('allow: POST, GET, HEAD');
});
