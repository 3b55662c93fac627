import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { printSdl } from '../../../scripts/contract/print-sdl.js';
import { anyone, internal } from '../../../src/contract/access.js';
import { module } from '../../../src/contract/module.js';
import { query } from '../../../src/contract/operation.js';
import { relation } from '../../../src/contract/relation.js';
import { Id, text, view } from '../../../src/contract/values.js';
import { eventually } from '../../support/eventually.js';
import {
  authorId,
  authors,
  brokenAuthor,
  GetAuthorsByIds,
  GetAuthorsByIdsHandler,
  library,
  libraryHandlers,
  slowAuthor,
  unknownAuthor,
} from './library.js';
import { createSpecimenGraphql, type SpecimenGraphql } from './specimen-graphql.js';

let app: SpecimenGraphql;
let handler: GetAuthorsByIdsHandler;
let admin: Record<string, string>;

beforeAll(async () => {
  app = await createSpecimenGraphql({}, { modules: [library, authors], handlers: libraryHandlers });
  handler = app.get(GetAuthorsByIdsHandler);
  admin = { authorization: `Bearer ${await app.token('ADMIN')}` };
});

beforeEach(() => {
  handler.calls.length = 0;
});

afterAll(() => app.close());

const authorsOf = ({ data }: { data: unknown }) =>
  (data as { books: { books: { author: unknown }[] } }).books.books.map(({ author }) => author);
const withAuthors = (count: number) => `{ books(count: ${count}) { books { title author { id name } } } }`;
const sizes = () => handler.calls.map(({ length }) => length);

describe('a relation', () => {
  it('is one call for all rows, the first time and once the query is compiled', async () => {
    for (let time = 0; time < 4; time++) {
      handler.calls.length = 0;
      const { data, errors } = await app.send(withAuthors(3), {}, admin);
      expect(errors).toEqual([]);
      const named = [0, 1, 2].map((n) => ({ title: `Book ${n}`, author: { id: authorId(n), name: `Author ${n}` } }));
      expect(data).toEqual({ books: { books: named } });
      expect(handler.calls).toEqual([[authorId(0), authorId(1), authorId(2)]]);
    }
  });

  it('requests every id once, in batches of what the operation accepts', async () => {
    await app.send('{ books(count: 40, authors: 4) { books { author { id } } } }', {}, admin);
    expect(sizes()).toEqual([4]);
    handler.calls.length = 0;
    const { data } = await app.send(withAuthors(12), {}, admin);
    expect(sizes()).toEqual([5, 5, 2]);
    expect(JSON.stringify(data)).toContain('Author 11');
  });

  it('is one call for all fields of a request that lead to it', async () => {
    const fields = [1, 2, 3].map((count) => `f${count}: books(count: ${count}) { books { author { name } } }`);
    await app.send(`{ ${fields.join(' ')} }`, {}, admin);
    expect(sizes()).toEqual([3]);
  });

  it('is one call a level, and a call of its own beside another relation', async () => {
    const { data, errors } = await app.send(
      '{ books(count: 2) { books { author { favourite { name favourite { name } } } editor { name } } } }',
      {},
      admin,
    );
    expect(errors).toEqual([]);
    const favourite = { name: 'Author 42', favourite: { name: 'Author 42' } };
    const [first, second] = [{ author: { favourite }, editor: { name: 'Author 7' } }, { author: { favourite } }];
    expect(data).toEqual({ books: { books: [first, { ...second, editor: null }] } });
    expect(sizes()).toEqual([2, 1, 1, 1]);
  });

  it('costs nothing when it is not selected', async () => {
    await app.send('{ books(count: 2) { books { title authorId } } }', {}, admin);
    expect(handler.calls).toEqual([]);
  });

  it('works in mutations, which run one after the other', async () => {
    const copies = [1, 2].map((count) => `c${count}: copyBooks(count: ${count}) { books { author { name } } }`);
    const { data, errors } = await app.send(`mutation { ${copies.join(' ')} }`, {}, admin);
    expect([errors, sizes()]).toEqual([[], [1, 2]]);
    expect(data?.c2).toEqual({ books: [{ author: { name: 'Author 0' } }, { author: { name: 'Author 1' } }] });
  });

  it('is empty where there is no such row', async () => {
    const { data, errors } = await app.send(withAuthors(unknownAuthor), {}, admin);
    expect([data, errors]).toEqual([{ books: { books: [{ title: 'One', author: null }] } }, []]);
  });

  it('shows only what the caller may see', async () => {
    const own = { authorization: `Bearer ${await app.token('USER', authorId(1))}` };
    const seen = await app.send(withAuthors(3), {}, own);
    expect(authorsOf(seen)).toEqual([null, { id: authorId(1), name: 'Author 1' }, null]);
    handler.calls.length = 0;
    expect(authorsOf(await app.send(withAuthors(3)))).toEqual([null, null, null]);
    expect(handler.calls).toEqual([]);
  });

  it('is open to signed-in callers or to anyone where it says so', async () => {
    const query = '{ books(count: 1) { books { editor { name favourite { name } } } } }';
    const editor = { name: 'Author 7', favourite: null };
    expect((await app.send(query)).data).toEqual({ books: { books: [{ editor }] } });
    const user = { authorization: `Bearer ${await app.token('USER')}` };
    const favourite = { name: 'Author 42' };
    expect((await app.send(query, {}, user)).data).toEqual({
      books: { books: [{ editor: { ...editor, favourite } }] },
    });
  });

  it('fails alone, with the code of its failure and the trace of the request', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traced = { ...admin, traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    const { status, data, errors, headers } = await app.send(withAuthors(brokenAuthor), {}, traced);
    expect([status, data]).toEqual([200, { books: { books: [{ title: 'One', author: null }] } }]);
    expect(errors.map(({ path }) => path)).toEqual([['books', 'books', 0, 'author']]);
    expect(errors[0]?.extensions).toMatchObject({ code: 'SERVICE_UNAVAILABLE', trace_id: traceId });
    expect(headers.get('retry-after')).toBe('3');
  });

  it('ends with the deadline of the request', async () => {
    const { data, codes } = await app.send(withAuthors(slowAuthor), {}, { ...admin, 'x-request-timeout-ms': '200' });
    expect([data, codes]).toEqual([{ books: { books: [{ title: 'One', author: null }] } }, ['DEADLINE_EXCEEDED']]);
    await eventually(() => expect(handler.stopped).toBe(1));
  });

  it('ends when its caller goes away', async () => {
    const stopped = handler.stopped;
    const away = new AbortController();
    const body = JSON.stringify({ query: withAuthors(slowAuthor) });
    const headers = { ...admin, 'content-type': 'application/json' };
    const request = fetch(app.url, { method: 'POST', body, headers, signal: away.signal });
    await eventually(() => expect(handler.calls).toHaveLength(1));
    away.abort();
    await expect(request).rejects.toThrow();
    await eventually(() => expect(handler.stopped).toBe(stopped + 1));
  });
});

describe('the SDL of a relation', () => {
  const sdl = printSdl(library.operations, [...library.relations, ...authors.relations]);

  it('is a field that may be empty, also of the type it leads back to', () => {
    expect(sdl).toContain('  author: Author\n');
    expect(sdl).toContain('"If any."\n  editor: Author\n');
    expect(sdl).toContain('  favourite: Author\n');
  });

  const Part = view('Part', { id: Id });
  const parts = z.array(Part);
  const few = z.object({ ids: z.array(Id).max(5) });
  it.each([
    ['any number of ids', z.object({ ids: z.array(Id) }), view('A', { parts }), 'things.getParts takes any number'],
    ['more than ids', few.extend({ q: text({ max: 1 }) }), view('B', { parts }), 'things.getParts takes more than ids'],
    ['no list', few, view('C', { part: Part }), 'the output of things.getParts is not one list of views'],
    ['two lists', few, view('D', { parts, others: parts }), 'the output of things.getParts is not one list of views'],
    ['nothing', few, z.void(), 'the output of things.getParts is not one list of views'],
  ])('is refused for an operation of %s', (_name, input, output, message) => {
    class GetParts extends query({ input, output, access: internal }) {}
    module('things', { GetParts });
    const declared = { view: 'Thing', field: 'part', from: 'partId', operation: GetParts, by: 'id', access: anyone };
    expect(() => printSdl([], [declared])).toThrow(`Thing.part: ${message}`);
  });

  it('is refused for what is no view', () => {
    const nameless = { view: z.object({ partId: Id }), field: 'part', from: 'partId', access: anyone } as const;
    expect(() => relation({ ...nameless, operation: GetAuthorsByIds, by: 'id' })).toThrow('part belongs to no view');
  });
});
