import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { jsonSchema } from '../../scripts/contract/json-schema.js';
import { jsonEncoder } from '../../src/contract/json-codec.js';
import { reflectObject } from '../../src/contract/reflect.js';
import { Email, Id, Name, Timestamp, text } from '../../src/contract/values.js';
import { auth } from '../../src/modules/auth/contract/index.js';
import { users } from '../../src/modules/users/contract/index.js';
import { invalidObject, validObject } from '../conformance/arbitraries.js';
import { specimens } from '../fixtures/specimens/specimens.operations.js';

/** By RFC 9562 and RFC 3339; ajv has no formats of its own. */
const formats = {
  uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i,
  'date-time': isDateTime,
  email: /^[^@]+@[^@]+$/,
  password: true,
} as const;

function isDateTime(value: string): boolean {
  const [date = '', time = ''] = value.toUpperCase().split('T');
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date) && time !== '';
}

const ajv = new Ajv2020({ formats, strict: true, strictTypes: false, strictRequired: false, allErrors: true });
for (const format of ['int32', 'int64', 'double']) ajv.addFormat(format, { type: 'number', validate: () => true });

const documented = (schema: z.ZodType, name = 'Made'): ValidateFunction =>
  ajv.compile(jsonSchema(reflectObject(schema, name), 'input'));

/** The larger an input the longer one takes. */
const runs = { numRuns: 30 };

/** UTF-8 has no form for it, so no document does. */
const isWellFormed = (value: unknown): boolean => !/\\ud[89a-f]/i.test(JSON.stringify(value));

const operations = [auth, users, specimens].flatMap((module) => module.operations);

describe.each(operations.map((operation) => [operation.id, operation] as const))('the schema of %s', (_, operation) => {
  const { input, spec } = operation;
  const validate = documented(spec.input, operation.name);
  const encode = jsonEncoder(input);
  /** A value may be too wrong for any wire. */
  const wireOf = (value: object): unknown => {
    try {
      return encode(value);
    } catch {
      return fc.pre(false);
    }
  };

  test('admits what the contract takes', () => {
    const given = validObject(input).filter((value) => spec.input.safeParse(value).success);
    fc.assert(
      fc.property(given, (value) => {
        expect([validate(encode(value)), validate.errors]).toEqual([true, null]);
      }),
      runs,
    );
  });

  test.runIf(input.fields.length > 0)('refuses what the contract refuses', () => {
    fc.assert(
      fc.property(invalidObject(input, spec.input).filter(isWellFormed), (value) => {
        expect([value, validate(wireOf(value))]).toEqual([value, false]);
      }),
      runs,
    );
  });
});

describe('the schema of a value', () => {
  const fields = {
    free: text({ max: 20 }),
    name: Name,
    email: Email,
    id: Id,
    at: Timestamp,
    texts: z.array(text({ max: 20 })),
    map: z.record(text({ max: 20 }), text({ max: 20 })),
  };
  const Made = z.object(fields).partial();
  const validate = documented(z.object(fields).partial({ free: true, name: true, email: true, id: true, at: true }));

  test.each([
    { free: 'a\0b' },
    { free: '\0' },
    { name: 'a\0' },
    { name: '\n \t' },
    { name: '\0' },
    { email: 'a@b-.com' },
    { email: `${'a'.repeat(65)}@example.com` },
    { email: `a@${'d'.repeat(64)}.com` },
    { email: `a@${'d.'.repeat(130)}com` },
    { email: 'a\0@example.com' },
    { id: '01890000-0000-7000-8000-00000000000g' },
    { at: '2026-01-01t00:00:00z' },
    { at: '2026-01-01T00:00:60Z' },
    { at: '2026-01-01T00:00Z' },
    { texts: ['a\0'] },
    { map: { 'a\0': '' } },
    { map: { a: '\0' } },
    { map: JSON.parse('{"__proto__":""}') },
  ])('refuses %j', (value) => {
    expect(validate(value)).toBe(false);
  });

  test.each([
    { free: '' },
    { free: 'two\nlines \u{1f600}' },
    { name: ' \n a' },
    { id: '6B29FC40-CA47-1067-D31D-00DD010662DA' },
    { at: '2026-01-01T00:00:00.123456+23:59' },
    { map: { '': '', é: 'é' } },
  ])('admits %j, as the contract does', (value) => {
    expect([Made.safeParse(value).success, validate(value), validate.errors]).toEqual([true, true, null]);
  });
});
