import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSpecimenGraphql, readAnswer, type SpecimenGraphql } from './specimen-graphql.js';

let app: SpecimenGraphql;

beforeAll(async () => {
  app = await createSpecimenGraphql({}, { bodyBytes: 30_000 });
});

afterAll(() => app.close());

const engine = () => (app.app.getHttpAdapter().getInstance() as unknown as FastifyInstance).graphql;
const responseType = 'application/graphql-response+json';
const json = (body: unknown) => app.post(JSON.stringify(body)).then(readAnswer);
const get = (
  search: Record<string, string>,
  headers: Record<string, string> = { 'apollo-require-preflight': 'true' },
) => fetch(`${app.url}?${new URLSearchParams(search)}`, { headers });

describe('a request that is none', () => {
  it.each([
    ['malformed JSON', '{"query":', 400, 'MALFORMED_REQUEST'],
    ['no body', '', 400, 'MALFORMED_REQUEST'],
    ['a number', '5', 400, 'MALFORMED_REQUEST'],
    ['null', 'null', 400, 'MALFORMED_REQUEST'],
    ['no query', '{}', 400, 'MALFORMED_REQUEST'],
    ['a query that is no text', '{"query":5}', 400, 'MALFORMED_REQUEST'],
    ['variables that are none', '{"query":"{ __typename }","variables":[]}', 400, 'MALFORMED_REQUEST'],
    ['extensions that are none', '{"query":"{ __typename }","extensions":5}', 400, 'MALFORMED_REQUEST'],
    ['a list of extensions', '{"query":"{ __typename }","extensions":[]}', 400, 'MALFORMED_REQUEST'],
    ['a hash that is none', '{"extensions":{"persistedQuery":5}}', 400, 'MALFORMED_REQUEST'],
    [
      'the hash of a query',
      '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"0a"}}}',
      400,
      'PERSISTED_QUERY_NOT_SUPPORTED',
    ],
    ['a name that is none', '{"query":"{ __typename }","operationName":"a\\nb"}', 400, 'MALFORMED_REQUEST'],
    ['a key that reaches a prototype', '{"__proto__":{"query":"{ __typename }"}}', 400, 'MALFORMED_REQUEST'],
    ['a body that is too large', JSON.stringify({ query: ' '.repeat(40_000) }), 413, 'PAYLOAD_TOO_LARGE'],
    ['a syntax error', '{"query":"{ specimens"}', 400, 'INVALID_ARGUMENT'],
    ['a syntax tree', '{"query":"{\\"kind\\":\\"Document\\",\\"definitions\\":[]}"}', 400, 'INVALID_ARGUMENT'],
    ['JSON for a query', '{"query":"null"}', 400, 'INVALID_ARGUMENT'],
    ['a subscription', '{"query":"subscription { specimens { id } }"}', 400, 'INVALID_ARGUMENT'],
    ['no operation of that name', '{"query":"query A { __typename }","operationName":"B"}', 400, 'INVALID_ARGUMENT'],
    [
      'several operations and no name',
      '{"query":"query A { __typename } query B { __typename }"}',
      400,
      'INVALID_ARGUMENT',
    ],
  ])('is refused: %s', async (_what, body, status, code) => {
    for (let time = 0; time < 3; time++) {
      const answer = await readAnswer(await app.post(body, { accept: responseType }));
      expect([answer.status, answer.codes, answer.data]).toEqual([status, [code], undefined]);
    }
  });

  it.each([
    ['a syntax error', { query: '{ specimens' }, 'INVALID_ARGUMENT'],
    ['a field that is not there', { query: '{ nothing }' }, 'INVALID_ARGUMENT'],
    [
      'a variable of another type',
      { query: 'query ($p: Int) { specimens(page: $p) { id } }', variables: { p: 'x' } },
      'INVALID_ARGUMENT',
    ],
    ['too many aliases', { query: `{ ${'a: specimens { id } '.repeat(16)} }` }, 'INVALID_ARGUMENT'],
    ['no operation of that name', { query: 'query A { __typename }', operationName: 'B' }, 'INVALID_ARGUMENT'],
    ['the hash of a query', { extensions: { persistedQuery: { version: 1 } } }, 'PERSISTED_QUERY_NOT_SUPPORTED'],
    [
      'the hash of a query beside none',
      { query: '', extensions: { persistedQuery: { version: 1 } } },
      'PERSISTED_QUERY_NOT_SUPPORTED',
    ],
  ])('is answered 200 as application/json, where only its document is at fault: %s', async (_what, body, code) => {
    for (let time = 0; time < 3; time++) {
      const answer = await json(body);
      expect([answer.status, answer.codes, answer.data]).toEqual([200, [code], undefined]);
    }
  });

  it.each([
    ['far too long', 'x'.repeat(10_000)],
    ['too long, though the query has it', 'y'.repeat(256)],
    ['of no operation', 'Z'],
  ])('is refused without being echoed or kept: a name %s', async (_what, operationName) => {
    let parsed = 0;
    engine().addHook('preValidation', async () => {
      parsed++;
    });
    const query = `query ${'y'.repeat(256)} { __typename }`;
    const answer = await readAnswer(await app.post(JSON.stringify({ query, operationName }), { accept: responseType }));
    expect([answer.status, answer.codes, parsed]).toEqual([400, ['INVALID_ARGUMENT'], 0]);
    expect(answer.errors[0]?.message.length).toBeLessThan(100);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'is refused: %s',
    async (type) => {
      const answer = await readAnswer(await app.post('{"query":"{ __typename }"}', { 'content-type': type }));
      expect([answer.status, answer.codes]).toEqual([415, ['UNSUPPORTED_MEDIA_TYPE']]);
    },
  );

  it('is refused: two idempotency keys', async () => {
    const headers = ['content-type', 'application/json', 'idempotency-key', 'a', 'Idempotency-Key', 'b'];
    const { statusCode, body } = await request(app.url, {
      method: 'POST',
      headers,
      body: '{"query":"{ __typename }"}',
    });
    expect([statusCode, await body.json()]).toMatchObject([
      400,
      { errors: [{ extensions: { code: 'INVALID_ARGUMENT', details: [{ path: '/idempotency_key' }] } }] },
    ]);
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS'])('is refused: %s', async (method) => {
    const response = await fetch(app.url, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect((await readAnswer(response)).codes).toEqual(['METHOD_NOT_ALLOWED']);
  });
});

it('leaves the preflight of an allowed origin to CORS', async () => {
  const origin = 'https://app.example.com';
  const shared = await createSpecimenGraphql(
    {},
    {
      configure: (nest) =>
        void nest
          .getHttpAdapter()
          .getInstance()
          .register(cors, { origin: [origin] }),
    },
  );
  const headers = { origin, 'access-control-request-method': 'POST' };
  const response = await fetch(shared.url, { method: 'OPTIONS', headers });
  expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
  await shared.close();
});

it('ignores what GraphQL servers must ignore: other members of the body, and undeclared variables', async () => {
  const query = 'query($p: Int) { filterSpecimens(page: $p) { page } }';
  const answer = await json({ query, variables: { p: 2, q: 3 }, querry: 'x', extensions: { any: 1 } });
  expect([answer.errors, answer.data]).toEqual([[], { filterSpecimens: { page: 2 } }]);
});

describe('a query with a type error', () => {
  it.each([
    ['of a name', '{ specimen { id } }', undefined],
    ['of a field', '{ specimens { idd } }', undefined],
    ['of an argument', '{ specimens(pagee: 1) { id } }', undefined],
    ['of a literal', '{ filterSpecimens(colours: [REDD]) { page } }', undefined],
    ['of a missing argument', 'mutation { discardSpecimen }', undefined],
    ['of a variable', 'query($c: [Colour!]) { filterSpecimens(colours: $c) { page } }', { c: ['REDD'] }],
    ['of a missing variable', 'query($p: Int!) { specimens(page: $p) { id } }', undefined],
    ['of an integer too large', 'query($p: Int) { specimens(page: $p) { id } }', { p: 2 ** 31 }],
    ['of a null for a non-null argument', 'mutation($i: ID = "x") { discardSpecimen(id: $i) }', { i: null }],
    [
      'of a union with two variants',
      'query($o: TargetInput) { __typename @include(if: $o) }',
      { o: { name: 'x', amount: 1 } },
    ],
  ])('%s is INVALID_ARGUMENT without suggestions, the first time and later', async (_what, query, variables) => {
    for (let time = 0; time < 4; time++) {
      const { codes, errors } = await app.send(query, variables);
      expect(new Set(codes)).toEqual(new Set(['INVALID_ARGUMENT']));
      expect(JSON.stringify(errors)).not.toContain('Did you mean');
    }
  });
});

describe('a batch', () => {
  it('gives a result for each of its operations', async () => {
    const batch = [{ query: '{ __typename }' }, { query: '{ nothing }' }, 5];
    const response = await app.post(JSON.stringify(batch));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject([
      { data: { __typename: 'Query' } },
      { errors: [{ extensions: { code: 'INVALID_ARGUMENT' } }] },
      { errors: [{ extensions: { code: 'MALFORMED_REQUEST' } }] },
    ]);
  });

  it.each([0, 11])('of %i operations is refused', async (length) => {
    const answer = await json(Array.from({ length }, () => ({ query: '{ __typename }' })));
    expect([answer.status, answer.codes]).toEqual([400, ['MALFORMED_REQUEST']]);
  });
});

describe('a GET', () => {
  it('runs a query', async () => {
    const response = await get({
      query: 'query($p: Int) { filterSpecimens(page: $p) { page } }',
      variables: '{"p":3}',
    });
    expect((await readAnswer(response)).data).toEqual({ filterSpecimens: { page: 3 } });
  });

  it('runs no mutation', async () => {
    const response = await get({ query: 'mutation { failSpecimen(kind: NOT_FOUND) }' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await readAnswer(response)).codes).toEqual(['METHOD_NOT_ALLOWED']);
  });

  it('is refused when its query string does not decode', async () => {
    const headers = { 'apollo-require-preflight': 'true' };
    const answer = await readAnswer(await fetch(`${app.url}?query={__typename}&variables={"p":"%ff"}`, { headers }));
    expect([answer.status, answer.codes]).toEqual([400, ['MALFORMED_REQUEST']]);
  });

  it.each<Record<string, string>>([
    { authorization: 'Bearer x' },
    { 'content-type': 'application/json' },
    { 'content-type': 'application/json; charset=utf-8' },
    { 'x-apollo-operation-name': 'A' },
  ])('runs with %o, which no page of another site can send', async (headers) => {
    expect((await readAnswer(await get({ query: '{ __typename }' }, headers))).data).toEqual({ __typename: 'Query' });
  });

  it.each<Record<string, string>>([
    {},
    { accept: 'application/json' },
    { authorization: 'Basic eDp5' },
    { 'content-type': 'text/plain' },
    { 'content-type': 'text/plain; application/json' },
    { 'content-type': 'application/x-www-form-urlencoded' },
  ])('is refused with %o, which a page of another site could have sent', async (headers) => {
    const answer = await readAnswer(await get({ query: '{ __typename }' }, headers));
    expect([answer.status, answer.codes]).toEqual([400, ['MALFORMED_REQUEST']]);
  });

  it.each<Record<string, string>>([
    {},
    { query: '{ __typename }', variables: '{' },
    { query: '{ __typename }', variables: '5' },
    { query: '{ __typename }', extensions: '5' },
  ])('is refused with %o', async (search) => {
    const answer = await readAnswer(await get(search));
    expect([answer.status, answer.codes]).toEqual([400, ['MALFORMED_REQUEST']]);
  });
});

describe('an answer', () => {
  it('has the media type of GraphQL if the caller accepts it', async () => {
    const answer = await app.send('{ __typename }', {}, { accept: `${responseType}, application/json;q=0.9` });
    expect(answer.headers.get('content-type')).toBe(`${responseType}; charset=utf-8`);
    expect((await app.send('{ __typename }')).headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it.each([
    [`application/json, ${responseType}`, responseType],
    [`application/json;q=0.1, ${responseType}`, responseType],
    [`${responseType}; charset=utf-8, application/json; charset=utf-8`, responseType],
    [`${responseType}; charset=utf-8;q=0.8, application/json; charset=utf-8;q=0.9`, 'application/json'],
    [`${responseType};q=0.1, application/json`, 'application/json'],
    [`${responseType};q=0, */*`, 'application/json'],
  ])('has the media type that weighs more in "%s"', async (accept, type) => {
    const answer = await app.send('{ __typename }', {}, { accept });
    expect(answer.headers.get('content-type')).toBe(`${type}; charset=utf-8`);
  });
});
