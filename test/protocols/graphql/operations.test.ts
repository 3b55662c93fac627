import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureKinds } from '../../../src/contract/failure-table.js';
import { createSpecimenGraphql, echoed, type SpecimenGraphql } from './specimen-graphql.js';

const argumentTypes: Record<string, string> = {
  label: 'String!',
  note: 'String',
  small: 'Int!',
  large: 'SafeInt!',
  ratio: 'Float!',
  flag: 'Boolean!',
  colour: 'Colour!',
  reference: 'ID!',
  happenedAt: 'DateTime!',
  price: 'MoneyInput!',
  origin: 'PointInput',
  tags: '[String!]',
  path: '[PointInput!]',
  counts: '[IntEntryInput!]',
  places: '[PointEntryInput!]',
  target: 'TargetInput!',
};
const definitions = Object.entries(argumentTypes).map(([name, type]) => `$${name}: ${type}`);
const given = Object.keys(argumentTypes).map((name) => `${name}: $${name}`);
const point = '{ x y label }';
const echo = `mutation(${definitions.join(', ')}) { echoSpecimen(${given.join(', ')}) {
  label note small large ratio flag maybeFlag colour reference happenedAt price { amount currency } origin ${point}
  tags numbers colours path ${point} counts { key value } places { key value ${point} }
  target { point ${point} name amount } } }`;

let app: SpecimenGraphql;

beforeAll(async () => {
  app = await createSpecimenGraphql();
});

afterAll(() => app.close());

describe('an operation over GraphQL', () => {
  it('takes and gives a value of every type, the first time and once the query is compiled', async () => {
    const origin = { x: 1.5, y: -2 };
    const places = [{ key: 'a/b~', value: { x: 0, y: 1, label: 'home' } }];
    const counts = [
      { key: 'one', value: 1 },
      { key: 'toString', value: 2 },
    ];
    for (let time = 0; time < 4; time++) {
      const { data, errors } = await app.send(echo, {
        ...echoed,
        note: 'n',
        origin,
        tags: ['t'],
        path: [origin],
        counts,
        places,
      });
      expect(errors).toEqual([]);
      expect(data?.echoSpecimen).toEqual({
        ...echoed,
        note: 'n',
        maybeFlag: null,
        origin: { ...origin, label: null },
        tags: ['t'],
        numbers: [],
        colours: [],
        path: [{ ...origin, label: null }],
        counts,
        places,
        target: { point: null, name: null, amount: 7 },
      });
    }
  });

  it('takes null as absent', async () => {
    const { data, errors } = await app.send(echo, { ...echoed, note: null, origin: null, tags: null, counts: null });
    expect(errors).toEqual([]);
    expect(data?.echoSpecimen).toMatchObject({ note: null, origin: null, tags: [], counts: [], places: [] });
    const filtered = await app.send('{ filterSpecimens(page: null, q: null) { page q } }');
    expect(filtered.data).toEqual({ filterSpecimens: { page: 1, q: null } });
  });

  it('gives the items of a page, and the page', async () => {
    const authorization = `Bearer ${await app.token('USER')}`;
    const create = 'mutation { createSpecimen(name: "paged") { id name } }';
    expect((await app.send(create, {}, { authorization })).errors).toEqual([]);
    const { data } = await app.send(
      '{ specimens { name } specimensPage(limit: 1) { items { name } pageMeta { limit totalItems } } }',
    );
    expect(data).toEqual({
      specimens: [{ name: 'paged' }],
      specimensPage: { items: [{ name: 'paged' }], pageMeta: { limit: 1, totalItems: 1 } },
    });
  });

  it('gives true for an empty output', async () => {
    const { data } = await app.send(`mutation { discardSpecimen(id: "${echoed.reference}") }`);
    expect(data).toEqual({ discardSpecimen: true });
  });

  it('runs the operation that is named, however often the document was used for another', async () => {
    const query = 'query A { a: filterSpecimens(page: 1) { page } } query B { b: filterSpecimens(page: 2) { page } }';
    const ask = async (operationName: string) => (await app.post(JSON.stringify({ query, operationName }))).json();
    for (let time = 0; time < 3; time++) {
      expect(await ask('A')).toEqual({ data: { a: { page: 1 } } });
      expect(await ask('B')).toEqual({ data: { b: { page: 2 } } });
    }
  });

  it('answers the introspection of GraphiQL within the limits', async () => {
    const { data, errors } = await app.send(getIntrospectionQuery());
    expect(errors).toEqual([]);
    expect(data).toHaveProperty('__schema');
  });
});

describe('a failure over GraphQL', () => {
  it.each(failureKinds)('of kind %s has its code', async (kind) => {
    const { status, data, errors } = await app.send(`mutation { failSpecimen(kind: ${kind.toUpperCase()}) }`);
    expect(status).toBe(200);
    expect(data).toBeNull();
    expect(errors).toMatchObject([
      {
        message: `A failure of kind ${kind}`,
        path: ['failSpecimen'],
        extensions: { code: `SPECIMEN_${kind.toUpperCase()}`, trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) },
      },
    ]);
  });

  it('that is unexpected reveals nothing', async () => {
    const response = await app.post(JSON.stringify({ query: 'mutation { failSpecimen(kind: UNEXPECTED) }' }));
    const text = await response.text();
    expect(text).toContain('"code":"INTERNAL"');
    expect(text).not.toContain('secret');
    expect(text).not.toContain('stack');
  });

  it('leaves the other fields their values', async () => {
    const { status, data, codes } = await app.send(
      '{ bad: filterSpecimens(page: 0) { page } good: filterSpecimens { page } }',
    );
    expect(status).toBe(200);
    expect(data).toEqual({ bad: null, good: { page: 1 } });
    expect(codes).toEqual(['INVALID_ARGUMENT']);
  });

  it('of the input lists every issue by its pointer in wire names', async () => {
    const { errors } = await app.send(echo, {
      ...echoed,
      reference: 'no id',
      happenedAt: 'yesterday',
      origin: { x: 0, y: 0, label: 'l'.repeat(51) },
      path: [
        { x: 0, y: 0 },
        { x: 0, y: 0, label: 'l'.repeat(51) },
      ],
      places: [{ key: 'a/b', value: { x: 0, y: 0, label: 'l'.repeat(51) } }],
    });
    expect(errors[0]?.extensions.details).toEqual([
      { path: '/reference', code: 'invalid_format', message: expect.any(String) },
      { path: '/happened_at', code: 'invalid_format', message: expect.any(String) },
      { path: '/origin/label', code: 'too_big', message: expect.any(String) },
      { path: '/path/1/label', code: 'too_big', message: expect.any(String) },
      { path: '/places/a~1b/label', code: 'too_big', message: expect.any(String) },
    ]);
  });

  it('names a key that comes twice, and one that is none', async () => {
    const twice = [
      { key: 'a', value: 1 },
      { key: 'a', value: 2 },
      { key: '__proto__', value: 3 },
    ];
    const { errors } = await app.send(echo, { ...echoed, counts: twice });
    expect(errors[0]?.extensions).toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: [
        { path: '/counts', code: 'invalid_key', message: 'Duplicate key: "a"' },
        { path: '/counts/__proto__', code: 'invalid_key', message: 'Invalid key: "__proto__"' },
      ],
    });
  });

  it('of access says whether one should sign in', async () => {
    const create = 'mutation { createSpecimen(name: "x") { id } }';
    expect((await app.send(create)).codes).toEqual(['UNAUTHENTICATED']);
    expect((await app.send(create, {}, { authorization: 'Bearer nonsense' })).codes).toEqual(['UNAUTHENTICATED']);
  });
});
