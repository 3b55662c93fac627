import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Access, anyone } from '../../src/contract/access.js';
import { failure } from '../../src/contract/failure.js';
import { holdsSecret } from '../../src/contract/idempotency.js';
import { describe as descriptorOf, module } from '../../src/contract/module.js';
import { command, query } from '../../src/contract/operation.js';
import { page, toPage } from '../../src/contract/pagination.js';
import { reflectObject } from '../../src/contract/reflect.js';
import { enumeration, oneOf, secret, Timestamp, text, view } from '../../src/contract/values.js';
import { camelCase, isReversible, kebabCase, snakeCase, upperSnakeCase } from '../../src/contract/wire-names.js';
import { OperationRegistry } from '../../src/pipeline/registry.js';

const Thing = view('Thing', { id: z.uuid() });
const base = { input: z.object({}), output: Thing, access: anyone } as const;

describe('a module', () => {
  it('gives every operation its place on each wire', () => {
    class CreateThing extends command({ ...base, rest: 'POST /things' }) {}
    class GetThing extends query({ ...base, rest: 'GET /things/:id' }) {}
    class ListThings extends query({ ...base, output: page('ThingPage', Thing), rest: 'GET /things' }) {}
    class ArchiveThing extends command({ ...base, output: z.void(), rest: 'POST /things/:id/archive' }) {}
    module('things', { CreateThing, GetThing, ListThings, ArchiveThing });
    expect(descriptorOf(CreateThing).wire).toEqual({
      rest: { method: 'POST', path: '/things', status: 201, hasBody: true, pathFields: [], otherFields: [] },
      graphql: 'createThing',
      grpc: {
        package: 'things.v1',
        service: 'ThingsService',
        method: 'CreateThing',
        path: '/things.v1.ThingsService/CreateThing',
      },
      websocket: 'things.createThing',
      mqtt: 'rpc/things/create-thing',
    });
    expect([descriptorOf(GetThing).wire.graphql, descriptorOf(ListThings).wire.graphql]).toEqual(['thing', 'things']);
    expect(descriptorOf(ArchiveThing).wire.rest?.status).toBe(204);
  });

  it.each([
    ['PATCH /things/:id', { hasBody: true }],
    ['GET /things/:id', { hasBody: false }],
    ['DELETE /things/:id', { hasBody: false }],
  ] as const)('says where the input goes: %s', (rest, expected) => {
    const input = z.object({ id: z.uuid(), ownerName: text({ max: 9 }) });
    class ChangeThing extends command({ ...base, input, rest }) {}
    module('things', { ChangeThing });
    const { wire } = descriptorOf(ChangeThing);
    expect(wire.rest).toMatchObject({
      ...expected,
      pathFields: [{ wire: 'id' }],
      otherFields: [{ wire: 'owner_name' }],
    });
  });

  it('gives a later version names beside the first', () => {
    class GetThingV2 extends query({ ...base, rest: 'GET /things/:id', version: 2 }) {}
    module('things', { GetThingV2 });
    const { wire, name, id } = descriptorOf(GetThingV2);
    expect({ ...wire, name, id }).toMatchObject({
      name: 'GetThing',
      id: 'things.getThing.v2',
      rest: { path: '/v2/things/:id' },
      graphql: 'thingV2',
      grpc: { path: '/things.v2.ThingsService/GetThing' },
      websocket: 'things.getThing.v2',
      mqtt: 'rpc/things/get-thing/v2',
    });
  });

  it('refuses an operation for REST without a route', () => {
    class GetThing extends query(base) {}
    expect(() => module('things', { GetThing })).toThrow('things.getThing: declares no REST route');
  });

  it('has only the operations that it declares', () => {
    class GetThing extends query({ ...base, rest: 'GET /things/:id' }) {}
    expect(() => descriptorOf(GetThing)).toThrow('GetThing is in no module');
  });
});

describe('the registry of a process', () => {
  it('names every operation without an access policy', () => {
    class GetThing extends query({ ...base, access: undefined as unknown as Access, rest: 'GET /things/:id' }) {}
    expect(() => new OperationRegistry([module('things', { GetThing })])).toThrow(
      'things.getThing has no access policy',
    );
  });

  it('names the two operations of a clashing wire name', () => {
    class GetThing extends query({ ...base, rest: 'GET /things/:id' }) {}
    class ReadThing extends query({ ...base, rest: 'GET /things/:key' }) {}
    const registry = () => new OperationRegistry([module('things', { GetThing, ReadThing })]);
    expect(registry).toThrow('things.readThing and things.getThing have the same wire name: GET /things/:');
  });

  it('refuses two failures with one code', () => {
    const [One, Other] = [failure('THING_GONE', 'not_found', 'gone'), failure('THING_GONE', 'not_found', 'gone')];
    class GetThing extends query({ ...base, errors: [One, Other], rest: 'GET /things/:id' }) {}
    expect(() => new OperationRegistry([module('things', { GetThing })])).toThrow(
      'THING_GONE is declared by two classes',
    );
  });
});

describe('a schema that no wire carries', () => {
  it.each([
    ['free text without a bound', { a: z.string() }, 'a: free text needs a bound'],
    ['a name that does not survive', { a_b: text({ max: 1 }) }, 'a_b: the name does not survive'],
    ['an optional list', { a: z.array(text({ max: 1 })).optional() }, 'a: lists and maps are never optional'],
    ['a list of lists', { a: z.array(z.array(z.int())) }, 'a: a list or map holds scalars'],
    ['an enum without a name', { a: z.enum(['A']) }, 'a: an enum needs a name'],
    ['a lower-case enum value', { a: enumeration('E', ['a']) }, 'enum value "a" is not UPPER_SNAKE'],
    ['a nameless object inside', { a: z.object({}) }, "needs a name: use view('Name', {...})"],
    ['a date', { a: z.date() }, 'a: no protocol can represent a zod date'],
    ['null', { a: text({ max: 1 }).nullable() }, 'a: no protocol can represent a zod nullable'],
  ])('is refused: %s', (_name, fields, message) => {
    expect(() => reflectObject(z.object(fields), 'Thing')).toThrow(message);
  });

  it('finds a secret at any depth', () => {
    const deep = view('Deep', { items: z.array(view('Item', { key: secret(text({ max: 9 })) })) });
    expect([holdsSecret(reflectObject(deep)), holdsSecret(reflectObject(Thing))]).toEqual([true, false]);
  });
});

describe('a value schema', () => {
  it('refuses text with NUL or a lone surrogate', () => {
    const accepts = (value: string) => text({ max: 5 }).safeParse(value).success;
    expect(['ok', '\0', '\ud800', '😀'].map(accepts)).toEqual([true, false, false, true]);
  });

  it('gives timestamps in UTC with milliseconds', () => {
    expect(Timestamp.parse('2026-01-01T02:00:00+02:00')).toBe('2026-01-01T00:00:00.000Z');
    expect(Timestamp.safeParse('2026-13-01T00:00:00Z').success).toBe(false);
  });

  it('requires exactly one field of a union', () => {
    const Target = oneOf('Target', { a: z.int(), b: z.int() });
    expect([{ a: 1 }, {}, { a: 1, b: 2 }].map((value) => Target.safeParse(value).success)).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('names', () => {
  it('turn from one spelling into the other', () => {
    expect([
      snakeCase('createdAt'),
      camelCase('created_at'),
      kebabCase('CreateUser'),
      upperSnakeCase('UserSort'),
    ]).toEqual(['created_at', 'createdAt', 'create-user', 'USER_SORT']);
  });

  it('survive the wire or not', () => {
    expect(['createdAt', 'line2', 'addressLine2', 'created_at', 'Id', 'x1y'].map(isReversible)).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
    ]);
  });

  it('of failures are UPPER_SNAKE', () => {
    expect(() => failure('userGone', 'not_found', 'gone')).toThrow('not UPPER_SNAKE');
  });
});

it('a page counts its pages', () => {
  expect(toPage(['a'], 41, { page: 3, limit: 20 }).pageMeta).toEqual({
    page: 3,
    limit: 20,
    totalItems: 41,
    totalPages: 3,
  });
});
