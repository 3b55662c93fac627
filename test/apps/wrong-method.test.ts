import { METHODS, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApplication } from '../support/application.js';
import type { RunningTarget } from '../support/target.js';

let target: RunningTarget;

beforeAll(async () => {
  target = await startApplication({ ALLOWED_ORIGINS: 'https://app.example.com' });
});

afterAll(() => target.stop());

it.each([
  ['POST', '/health'],
  ['DELETE', '/health/ready'],
  ['PUT', '/health/circuit/users'],
  ['POST', '/metrics'],
  ['POST', '/docs'],
  ['PUT', '/docs/static/index.html'],
  ['PUT', '/openapi.json'],
  ['PATCH', '/asyncapi.json'],
  ['DELETE', '/.well-known/jwks.json'],
  ['PUT', '/ws'],
  ['PUT', '/graphiql'],
])('answers %s %s with the methods that there are', async (method, path) => {
  const response = await fetch(target.addresses.http + path, { method });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(await response.json()).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
});

interface Answer {
  readonly status: number | undefined;
  readonly allow: string | undefined;
}

/** `fetch` supports neither TRACE nor QUERY with a body. */
const send = (method: string, path: string, headers = {}, body = ''): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(target.addresses.http + path, { method, headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode, allow: response.headers.allow }));
    });
    sent.on('error', reject).end(body);
  });

/** OPTIONS is a preflight where there is CORS, and CONNECT is no request. */
const otherMethods = METHODS.filter((method) => !['GET', 'HEAD', 'OPTIONS', 'CONNECT'].includes(method));

describe('a path that belongs to a parameter as well', () => {
  it.each(otherMethods)('is one of its own for %s', async (method) => {
    expect(await send(method, '/users/me')).toEqual({ status: 405, allow: 'GET, HEAD' });
  });

  it('leaves to the parameter what has another value', async () => {
    for (const method of ['GET', 'HEAD', 'PATCH', 'DELETE']) {
      expect(await send(method, `/users/${crypto.randomUUID()}`)).toEqual({ status: 401, allow: undefined });
    }
    expect(await send('PUT', '/users/you')).toEqual({ status: 405, allow: 'GET, HEAD, PATCH, DELETE' });
  });
});

it.each([
  ['POST', '/users/me'],
  ['PATCH', '/users/me'],
  ['QUERY', '/users/me'],
  ['PUT', '/users/you'],
  ['QUERY', '/health'],
])('looks at the method before the body: %s %s', async (method, path) => {
  for (const type of ['text/xml', 'application/json', 'nothing'])
    expect(await send(method, path, { 'content-type': type }, '{"broken')).toMatchObject({ status: 405 });
});

it.each([
  ['GET', '/graphiql/nothing.js'],
  ['GET', '/openapiXjson'],
  ['POST', '/nowhere'],
  ['GET', '/nowhere'],
])('knows nothing of %s %s', async (method, path) => {
  const response = await fetch(target.addresses.http + path, { method });
  expect([response.status, await response.json()]).toMatchObject([404, { code: 'NOT_FOUND' }]);
});
