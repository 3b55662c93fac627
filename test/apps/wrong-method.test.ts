import { afterAll, beforeAll, expect, it } from 'vitest';
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

it.each([
  ['GET', '/graphiql/nothing.js'],
  ['GET', '/openapiXjson'],
  ['POST', '/nowhere'],
  ['GET', '/nowhere'],
])('knows nothing of %s %s', async (method, path) => {
  const response = await fetch(target.addresses.http + path, { method });
  expect([response.status, await response.json()]).toMatchObject([404, { code: 'NOT_FOUND' }]);
});
