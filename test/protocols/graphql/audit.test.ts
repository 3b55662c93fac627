import { auditServer } from 'graphql-http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSpecimenGraphql, type SpecimenGraphql } from './specimen-graphql.js';

let app: SpecimenGraphql;

beforeAll(async () => {
  app = await createSpecimenGraphql();
});

afterAll(() => app.close());

/** Ids of the audits that are not passed, of all. */
async function failed(headers: Record<string, string>): Promise<{ failed: string[]; all: number }> {
  const fetchFn = (url: string, init?: RequestInit) =>
    fetch(url, { ...init, headers: { ...init?.headers, ...headers } });
  const results = await auditServer({ url: app.url, fetchFn });
  return { failed: results.filter(({ status }) => status !== 'ok').map(({ id }) => id), all: results.length };
}

it('GraphQL over HTTP passes every audit of graphql-http', async () => {
  expect(await failed({ authorization: `Bearer ${await app.token('USER')}` })).toEqual({ failed: [], all: 61 });
});

it('a GET that any page could send is refused, which three of them, all of a MAY, have otherwise', async () => {
  expect(await failed({})).toEqual({ failed: ['5A70', 'D6D5', '6A70'], all: 61 });
});
