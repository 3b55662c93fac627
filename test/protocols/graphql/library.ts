import { once } from 'node:events';
import { CommandHandler, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { anyone, authenticated, callerId, can, grant, internal } from '../../../src/contract/access.js';
import { ServiceUnavailable } from '../../../src/contract/built-in-failures.js';
import { module } from '../../../src/contract/module.js';
import { command, type Handles, query } from '../../../src/contract/operation.js';
import { relation } from '../../../src/contract/relation.js';
import { Id, text, view } from '../../../src/contract/values.js';
import { CurrentCall } from '../../../src/ports/current-call.js';

const Author = view('Author', { id: Id, name: text({ max: 50 }), favouriteId: Id.optional() });
const Book = view('Book', { title: text({ max: 50 }), authorId: Id, editorId: Id.optional() });
const books = view('Books', { books: z.array(Book) });

/** Ids of authors 0, 1, 2, … */
export const authorId = (index: number): string => `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`;

export class GetAuthorsByIds extends query({
  input: z.object({ ids: z.array(Id).max(5) }),
  output: view('FoundAuthors', { authors: z.array(Author) }),
  access: internal,
}) {}

/** Book n is written by author n modulo `authors`. */
class ListBooks extends query({
  input: z.object({ count: z.int32(), authors: z.int32().default(1_000) }),
  output: books,
  access: anyone,
  protocols: ['graphql'],
}) {}

class CopyBooks extends command({
  input: z.object({ count: z.int32() }),
  output: books,
  access: anyone,
  protocols: ['graphql'],
}) {}

/** What `author` is to GetAuthorsByIds: nobody, for ever or a failure. */
export const unknownAuthor = 900;
export const slowAuthor = 901;
export const brokenAuthor = 902;

const toAuthor = { operation: GetAuthorsByIds, by: 'id' } as const;

export const authors = module(
  'authors',
  { GetAuthorsByIds },
  {
    grants: [grant('ADMIN', ['manage'], 'Author'), grant('USER', ['read'], 'Author', { id: callerId })],
    relations: [
      relation({ ...toAuthor, view: Author, field: 'favourite', from: 'favouriteId', access: authenticated }),
    ],
  },
);

export const library = module(
  'library',
  { ListBooks, CopyBooks },
  {
    relations: [
      relation({ ...toAuthor, view: Book, field: 'author', from: 'authorId', access: can('read', 'Author') }),
      relation({ ...toAuthor, view: Book, field: 'editor', from: 'editorId', access: anyone, description: 'If any.' }),
    ],
  },
);

const shelf = (count: number, many: number) => ({
  books: Array.from({ length: count }, (_, index) => ({
    title: `Book ${index}`,
    authorId: authorId(index % many),
    ...(index === 0 && { editorId: authorId(7) }),
  })),
});

@QueryHandler(ListBooks)
class ListBooksHandler implements Handles<ListBooks> {
  async execute({ input: { count, authors: many } }: ListBooks) {
    return count < unknownAuthor ? shelf(count, many) : { books: [{ title: 'One', authorId: authorId(count) }] };
  }
}

@CommandHandler(CopyBooks)
class CopyBooksHandler implements Handles<CopyBooks> {
  async execute({ input }: CopyBooks) {
    return shelf(input.count, input.count);
  }
}

@QueryHandler(GetAuthorsByIds)
export class GetAuthorsByIdsHandler implements Handles<GetAuthorsByIds> {
  /** The ids of every call. */
  readonly calls: string[][] = [];
  /** Calls whose signal was aborted. */
  stopped = 0;

  constructor(private readonly call: CurrentCall) {}

  async execute({ input: { ids } }: GetAuthorsByIds) {
    this.calls.push(ids);
    if (ids.includes(authorId(brokenAuthor))) throw new ServiceUnavailable({ retryAfterSeconds: 3 });
    if (ids.includes(authorId(slowAuthor))) {
      await once(this.call.signal, 'abort');
      this.stopped++;
    }
    const found = ids.filter((id) => id !== authorId(unknownAuthor));
    return { authors: found.map((id) => ({ id, name: `Author ${Number(id.slice(24))}`, favouriteId: authorId(42) })) };
  }
}

export const libraryHandlers = [ListBooksHandler, CopyBooksHandler, GetAuthorsByIdsHandler];
