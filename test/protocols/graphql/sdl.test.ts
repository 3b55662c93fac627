import { buildSchema, parse, validate, validateSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { printSdl } from '../../../scripts/contract/print-sdl.js';
import { anyone } from '../../../src/contract/access.js';
import { module } from '../../../src/contract/module.js';
import { command, query } from '../../../src/contract/operation.js';
import { enumeration, text, view } from '../../../src/contract/values.js';
import { auth } from '../../../src/modules/auth/contract/index.js';
import { users } from '../../../src/modules/users/contract/index.js';
import { specimens } from '../../fixtures/specimens/specimens.operations.js';

const operations = [users, auth, specimens]
  .flatMap((contract) => contract.operations)
  .filter((operation) => operation.protocols.includes('graphql'));
const sdl = printSdl(operations);
const schema = buildSchema(sdl);

describe('the SDL of the operations', () => {
  it('is a valid schema', () => {
    expect(validateSchema(schema)).toEqual([]);
  });

  it('does not depend on the order of the operations', () => {
    expect(printSdl([...operations].reverse())).toBe(sdl);
  });

  it.each([
    'query { users { id email name } }',
    'mutation { register(email: "test@example.com", password: "password123") { token } }',
    'query { usersPage(page: 2, limit: 5, sort: EMAIL_ASC) { items { id } pageMeta { totalItems } } }',
  ])('admits %s', (document) => {
    expect(validate(schema, parse(document))).toEqual([]);
  });

  it('shows defaults, and requires what the contract requires', () => {
    expect(sdl).toContain('specimens(page: Int = 1, limit: Int = 20): [NamedSpecimen!]');
    expect(sdl).toContain('specimensPage(page: Int = 1, limit: Int = 20): NamedSpecimenPage');
    expect(sdl).toContain('sort: UserSort = CREATED_AT_DESC');
    expect(sdl).toContain('createUser(email: String!, name: String): User');
    expect(sdl).toContain('clear: [ClearableUserField!] = []');
  });

  it('gives an empty output as Boolean!', () => {
    expect(sdl).toContain('discardSpecimen(id: ID!): Boolean!');
  });

  it('names a later version after its number', () => {
    expect(sdl).toContain('discardSpecimenV2(id: ID!, reason: String): Discarded');
  });

  it('shows a map as a list of entries and a union as @oneOf', () => {
    expect(sdl).toContain('counts: [IntEntry!]!');
    expect(sdl).toContain('input PointEntryInput {\n  key: String!\n  value: PointInput!\n}');
    expect(sdl).toContain('input TargetInput @oneOf {');
  });

  it('shows no internal operation', () => {
    expect(sdl).not.toContain('inspectSpecimen');
    expect(sdl).not.toContain('createUserProfile');
  });

  it('has a query when there is none to show', () => {
    const only = printSdl(auth.operations.filter((operation) => operation.protocols.includes('graphql')));
    expect(validateSchema(buildSchema(only))).toEqual([]);
  });

  it('requires a list that must not be empty, and writes defaults as GraphQL does', () => {
    const Size = enumeration('Size', ['SMALL', 'LARGE']);
    const Box = view('Box', { size: Size.default('SMALL'), label: text({ max: 9 }).default('a "b"') });
    class Pack extends command({
      input: z.object({ boxes: z.array(Box).min(1), box: Box.default({ size: 'LARGE', label: 'x' }) }),
      output: z.void(),
      access: anyone,
      rest: 'POST /packs',
    }) {}
    const printed = printSdl(module('packs', { Pack }).operations);
    expect(printed).toContain('pack(boxes: [BoxInput!]!, box: BoxInput = {size: LARGE, label: "x"}): Boolean!');
    expect(printed).toContain('label: String = "a \\"b\\""');
  });

  it('refuses two types of one name', () => {
    const First = view('Thing', { a: z.boolean() });
    const Second = view('Thing', { b: z.boolean() });
    class GetFirst extends query({ input: z.object({}), output: First, access: anyone, rest: 'GET /firsts' }) {}
    class GetSecond extends query({ input: z.object({}), output: Second, access: anyone, rest: 'GET /seconds' }) {}
    expect(() => printSdl(module('things', { GetFirst, GetSecond }).operations)).toThrow('Thing');
  });

  it.each(['Query', 'Subscription', 'DateTime', 'Float'])(
    'refuses a view with the name of a type of GraphQL: %s',
    (name) => {
      const Named = view(name, { a: z.boolean() });
      class GetNamed extends query({ input: z.object({}), output: Named, access: anyone, rest: 'GET /named' }) {}
      expect(() => printSdl(module('things', { GetNamed }).operations)).toThrow(`two GraphQL types are called ${name}`);
    },
  );
});
