import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApplication } from '../support/application.js';
import type { RunningTarget } from '../support/target.js';

let target: RunningTarget;

beforeAll(async () => {
  target = await startApplication({ PASSWORD_POLICY: 'lax' });
});

afterAll(() => target.stop());

async function graphql(query: string, token?: string): Promise<unknown> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${target.addresses.http}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

test('what other people have written for this API works word for word', async () => {
  const registered = await graphql(
    'mutation { register(email: "test@example.com", password: "password123") { token } }',
  );
  expect(registered).toEqual({ data: { register: { token: expect.any(String) } } });
  const { token } = (registered as { data: { register: { token: string } } }).data.register;
  expect(await graphql('query { users { id email name } }', token)).toEqual({
    data: { users: [{ id: expect.any(String), email: 'test@example.com', name: null }] },
  });
});
