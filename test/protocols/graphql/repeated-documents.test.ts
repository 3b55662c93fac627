import fc from 'fast-check';
import Fastify, { type FastifyInstance } from 'fastify';
import { type GraphQLSchema, printSchema } from 'graphql';
import { createClient } from 'graphql-ws';
import mercurius from 'mercurius';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { CreateSpecimenHandler, specimenHandlers } from '../../fixtures/specimens/specimens.handlers.js';
import { specimens } from '../../fixtures/specimens/specimens.operations.js';
import { authors, library, libraryHandlers } from './library.js';
import { type Features, type RandomRequest, randomRequest } from './random-documents.js';
import { createSpecimenGraphql, type SpecimenGraphql } from './specimen-graphql.js';

/** mercurius executes a document by graphql-js the first time; a compiled one could answer from the second time on. */
const times = 4;

/** Large enough that what is random is executed. */
const limits = {
  depth: 20,
  aliases: 1_000,
  directives: 1_000,
  characters: 100_000,
  tokens: 50_000,
  repetitions: 1_000,
};

let app: SpecimenGraphql;
let schema: GraphQLSchema;
let authorization: string;

beforeAll(async () => {
  const modules = [specimens, library, authors];
  app = await createSpecimenGraphql({ limits }, { modules, handlers: [...specimenHandlers, ...libraryHandlers] });
  schema = (app.app.getHttpAdapter().getInstance() as unknown as FastifyInstance).graphql.schema;
  authorization = `Bearer ${await app.token('ADMIN')}`;
});

afterAll(() => app.close());

/** Traces differ from request to request. */
const withoutTraces = (text: string) => text.replace(/"trace_id":"\w+"/g, '"trace_id":""');

async function answers(request: object): Promise<string[]> {
  const all: string[] = [];
  for (let time = 0; time < times; time++) {
    const response = await app.post(JSON.stringify(request), { authorization });
    all.push(`${response.status} ${withoutTraces(await response.text())}`);
  }
  return all;
}

const pageOnly = 'fragment F on Filter { page }';

describe('a document that is sent again', () => {
  it.each<[string, string, object, string]>([
    [
      'a fragment that one condition leaves out and another spread brings',
      `query ($b: Boolean!) { filterSpecimens { ...F @include(if: $b) ...F } } ${pageOnly}`,
      { b: false },
      '{"filterSpecimens":{"page":1}}',
    ],
    [
      'fields in the order in which they come without those left out',
      'query ($b: Boolean!) { filterSpecimens { page @include(if: $b) flag page } }',
      { b: false },
      '{"filterSpecimens":{"flag":null,"page":1}}',
    ],
    [
      'one fragment under two fields with opposite conditions',
      `query ($b: Boolean!) { a: filterSpecimens @skip(if: $b) { ...F } b: filterSpecimens @include(if: $b) { ...F } } ${pageOnly}`,
      { b: true },
      '{"b":{"page":1}}',
    ],
    [
      'a preset for a variable that must not be null',
      'query ($page: Int! = 3) { filterSpecimens(page: $page) { page } }',
      {},
      '{"filterSpecimens":{"page":3}}',
    ],
    [
      'fields in their order where an answer is called __proto__',
      '{ __proto__: filterSpecimens { page } a: filterSpecimens(page: 2) { __proto__: page flag } }',
      {},
      '{"__proto__":{"page":1},"a":{"__proto__":2,"flag":null}}',
    ],
    [
      'text as it is, whatever graphql-jit makes of it',
      '{ a: filterSpecimens(q: "__MAGIC_NAN__57f286b9_4c20_487f_b409_79804ddcb4f8") { q } }',
      {},
      '{"a":{"q":"__MAGIC_NAN__57f286b9_4c20_487f_b409_79804ddcb4f8"}}',
    ],
  ])('has %s every time', async (_what, query, variables, data) => {
    expect(await answers({ query, variables })).toEqual(Array(times).fill(`200 {"data":${data}}`));
  });

  it('has the same answer every time over a WebSocket and in a batch', async () => {
    const query = `query ($b: Boolean!) { filterSpecimens { ...F @include(if: $b) ...F } } ${pageOnly}`;
    const asked = { query, variables: { b: false } };
    const answer = { data: { filterSpecimens: { page: 1 } } };
    const socket = createClient({ url: app.url.replace('http', 'ws'), webSocketImpl: WebSocket });
    for (let time = 0; time < times; time++) {
      expect((await socket.iterate(asked).next()).value).toEqual(answer);
      expect(await (await app.post(JSON.stringify([asked, asked]))).json()).toEqual([answer, answer]);
    }
    await socket.dispose();
  });

  it('is not taken for another that was compiled for one of its operations', async () => {
    const query = 'query A { filterSpecimens { page } } query B { filterSpecimens { flag } }';
    await answers({ query, operationName: 'B' });
    for (const answer of await answers({ query: `${query}\n#B` }))
      expect(answer).toMatch(/Must provide operation name/);
  });

  it('runs no text of a caller as code', async () => {
    const code = '+(globalThis.ranTextOfACaller=1)';
    const query = `{ filterSpecimens(q: "__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d0${code}") { page } }`;
    await answers({ query });
    expect(globalThis).not.toHaveProperty('ranTextOfACaller');
  });

  it('stops at the first field of a mutation that fails and must not be null', async () => {
    const query = 'mutation { failSpecimen(kind: NOT_FOUND) createSpecimen(name: "after") { id } }';
    const [first, ...later] = await answers({ query });
    expect(first).toContain('{"data":null,"errors":[{"message":"A failure of kind not_found"');
    expect(later).toEqual(Array(times - 1).fill(first));
    expect(app.get(CreateSpecimenHandler).executions).toBe(0);
  });

  it('names the fault of a variable in the same words', async () => {
    const query = 'query ($p: Int, $c: [Colour!]) { filterSpecimens(page: $p, colours: $c) { page } }';
    const wrong = { query, variables: { p: 'x', c: ['PINK'] } };
    const right = { query, variables: { p: 1, c: ['RED'] } };
    const [fault] = await answers(wrong);
    expect(await answers(wrong)).toEqual(Array(times).fill(fault));
    expect(new Set(await answers(right)).size).toBe(1);
    expect(await answers(wrong)).toEqual(Array(times).fill(fault));
  });

  it('is refused when its fragments spread each other exponentially, even with few fields', async () => {
    const levels = Array.from({ length: 40 }, (_, i) => `fragment F${i} on Filter { ...F${i + 1} ...F${i + 1} }`);
    const query = `{ filterSpecimens { ...F0 } } ${levels.join(' ')} fragment F40 on Filter { __typename }`;
    for (const answer of await answers({ query })) expect(answer).toContain('the limit is 5000');
  });
});

describe('a document that is sent again and again', () => {
  /** By graphql-js, of which alone the path of a field has the name of its type, or compiled. */
  const engines = async (request: object): Promise<string[]> => {
    const field = schema.getQueryType()?.getFields().filterSpecimens;
    const resolve = field?.resolve;
    if (!field || !resolve) throw new Error('there is no such field');
    const seen: string[] = [];
    field.resolve = (source, given, context, info) => {
      seen.push(info.path.typename === undefined ? 'compiled' : 'graphql-js');
      return resolve(source, given, context, info);
    };
    await answers(request);
    field.resolve = resolve;
    return seen;
  };
  const graphqlJs = Array(times).fill('graphql-js');
  const nested = (levels: number) =>
    `query N($p: Int) { filterSpecimens(page: $p) { ...F0 } } ${Array.from(
      { length: levels },
      (_, i) => `fragment F${i} on Filter { ...F${i + 1} ...F${i + 1} }`,
    ).join(' ')} fragment F${levels} on Filter { page }`;

  it.each<[string, object]>([
    [
      'with variables, fragments and names of types',
      {
        query: `query Q($p: Int, $c: [Colour!]) { __typename a: filterSpecimens(page: $p, colours: $c) { ...F flag __typename } }
          fragment F on Filter { page ... on Filter { isFilter: __typename ratio } }`,
        variables: { p: 2, c: ['RED'] },
      },
    ],
    [
      'with whole numbers, enum values and booleans',
      { query: '{ filterSpecimens(page: 2, colours: RED, flag: true) { page } }' },
    ],
    [
      'with two operations',
      {
        query: 'query A { filterSpecimens { page } } query B { filterSpecimens(page: 2) { page } }',
        operationName: 'B',
      },
    ],
    ['with a fragment spread 64 times', { query: nested(6) }],
  ])('is compiled %s', async (_what, request) => {
    expect(await engines(request)).toEqual(['graphql-js', 'graphql-js', 'compiled', 'compiled']);
  });

  it.each<[string, object]>([
    ['with a condition', { query: '{ filterSpecimens { page @include(if: true) } }' }],
    ['with a text', { query: '{ filterSpecimens(q: "x") { page } }' }],
    ['with a list', { query: '{ filterSpecimens(colours: [RED]) { page } }' }],
    ['with a preset', { query: 'query P($p: Int = 2) { filterSpecimens(page: $p) { page } }' }],
    ['with introspection', { query: '{ filterSpecimens { page } __schema { description } }' }],
    [
      'beside a mutation',
      { query: 'query A { filterSpecimens { page } } mutation B { __typename }', operationName: 'A' },
    ],
    ['with a fragment spread 512 times', { query: nested(9) }],
  ])('stays with graphql-js %s', async (_what, request) => {
    expect(await engines(request)).toEqual(graphqlJs);
  });
});

describe('any document', () => {
  /** Their answers are random, or never come. */
  const without = ['issueSpecimenToken', 'waitForSpecimen', 'createSpecimen', 'specimens', 'specimensPage'];
  const everything: Features = { mutations: true, conditions: true, operations: 2, literals: true, without };
  const compilable: Features = { ...everything, mutations: false, conditions: false, literals: false };

  it.each([
    ['with conditions, mutations and literals', everything],
    ['of the kind that is compiled', compilable],
  ])('%s is answered the same every time', async (_kind, features) => {
    const property = fc.asyncProperty(randomRequest(schema, features), async (request) => {
      const [first, ...later] = await answers(request);
      expect(later).toEqual(Array(times - 1).fill(first));
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it('would not be by graphql-jit without our rule', async () => {
    const plain = Fastify();
    await plain.register(mercurius, {
      schema: printSchema(schema),
      jit: 1,
      errorFormatter: mercurius.defaultErrorFormatter,
    });
    const property = fc.asyncProperty(randomRequest(schema, everything), async (request) => {
      const [first, ...later] = await plainAnswers(plain, request);
      expect(later).toEqual(Array(times - 1).fill(first));
    });
    const { failed } = await fc.check(property, { numRuns: 1_000, endOnFailure: true });
    expect(failed).toBe(true);
    await plain.close();
  });
});

async function plainAnswers(plain: FastifyInstance, { query, variables, operationName }: RandomRequest) {
  const all: string[] = [];
  for (let time = 0; time < times; time++) {
    const execute = () => plain.graphql(query, {}, { ...variables }, operationName);
    all.push(
      await execute().then(
        ({ data }) => JSON.stringify(data),
        () => 'refused',
      ),
    );
  }
  return all;
}
