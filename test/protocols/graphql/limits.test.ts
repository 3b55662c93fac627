import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSpecimenGraphql, type SpecimenGraphql } from './specimen-graphql.js';

const nested = (levels: number): string => `${'... { '.repeat(levels)}__typename${' }'.repeat(levels)}`;
const aliases = (count: number): string =>
  Array.from({ length: count }, (_, index) => `a${index}: __typename`).join(' ');

describe('a query', () => {
  let app: SpecimenGraphql;

  beforeAll(async () => {
    app = await createSpecimenGraphql();
  });

  afterAll(() => app.close());

  const refusal = async (query: string) => {
    const { status, codes, errors } = await app.send(query, {}, { accept: 'application/graphql-response+json' });
    return { status, codes, message: errors[0]?.message };
  };

  it.each([
    ['16 aliases', `{ ${Array.from({ length: 16 }, (_, i) => `a${i}: specimens { id }`).join(' ')} }`],
    ['101 times', `{ specimens { id } ${'filterSpecimens { page } '.repeat(101)} }`],
    ['51 directives', `{ specimens { id ${'@include(if: true) '.repeat(51)} } }`],
    ['tokens', `{ ${'specimens { id } '.repeat(300)} }`],
    ['characters', `{ specimens { id } } #${' '.repeat(15_000)}`],
  ])('with too many %s is refused', async (what, query) => {
    expect(await refusal(query)).toMatchObject({ status: 400, codes: ['INVALID_ARGUMENT'] });
    expect((await refusal(query)).message).toContain(what);
  });

  it('within the limits runs', async () => {
    const query = `{ ${Array.from({ length: 15 }, (_, i) => `a${i}: filterSpecimens { page }`).join(' ')} }`;
    expect((await app.send(query)).codes).toEqual([]);
  });

  it('counts what fragments spread, and cannot be made to count for ever', async () => {
    const levels = Array.from(
      { length: 40 },
      (_, i) => `fragment F${i} on NamedSpecimen { ...F${i + 1} ...F${i + 1} }`,
    );
    const query = `{ specimens { ...F0 } } ${levels.join(' ')} fragment F40 on NamedSpecimen { a: id }`;
    expect((await refusal(query)).message).toMatch(/aliases|cost/);
  });

  it('whose fragments spread each other in a circle is refused', async () => {
    const query = '{ specimens { ...A } } fragment A on NamedSpecimen { ...B } fragment B on NamedSpecimen { ...A }';
    expect(await refusal(query)).toMatchObject({ status: 400, codes: ['INVALID_ARGUMENT'] });
  });

  it('may nest fragments and select `__typename`', async () => {
    expect((await app.send(`{ ${nested(10)} ${aliases(20)} }`)).codes).toEqual([]);
  });
});

describe('the limits', () => {
  it('are what the configuration says', async () => {
    const app = await createSpecimenGraphql({ limits: { depth: 2, cost: 10, batch: 1 } });
    const deep = await app.send('{ specimensPage { items { id } } }');
    expect(deep.errors[0]?.message).toBe('The query has a depth of 3, the limit is 2');
    const dear = await app.send('{ filterSpecimens { page flag ratio colours since q } }');
    expect(dear.errors[0]?.message).toBe('The query has a cost of 11, the limit is 10');
    const batch = await app.post(JSON.stringify([{ query: '{ __typename }' }, { query: '{ __typename }' }]));
    expect(batch.status).toBe(400);
    await app.close();
  });
});

it('queries are kept up to a number of characters, then all are forgotten', async () => {
  const app = await createSpecimenGraphql({ limits: { cachedCharacters: 100 } });
  const validated: string[] = [];
  const { graphql } = app.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  graphql.addHook('preValidation', async (_schema, document) => {
    validated.push(document.loc?.source.body[2] ?? '');
  });
  for (const name of 'aababca') await app.send(`{ ${name}: specimens { id @skip(if: false) } }`);
  expect(validated.join('')).toBe('abca');
  await app.close();
});

describe('without introspection and GraphiQL', () => {
  let app: SpecimenGraphql;

  beforeAll(async () => {
    app = await createSpecimenGraphql({ introspection: false, graphiql: false });
  });

  afterAll(() => app.close());

  it.each(['{ __schema { types { name } } }', '{ __type(name: "Specimen") { name } }'])(
    'nobody learns the schema by %s',
    async (query) => {
      expect((await app.send(query)).codes).toContain('INVALID_ARGUMENT');
    },
  );

  it('`__typename` is still answered', async () => {
    expect((await app.send('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });

  it.each(['/graphiql', '/graphiql/graphiql.js'])('there is no %s', async (path) => {
    expect((await fetch(new URL(path, app.url))).status).toBe(404);
  });
});
