import fc from 'fast-check';
import { z } from 'zod';
import type {
  EnumShape,
  Field,
  ListShape,
  MapShape,
  ObjectShape,
  ScalarShape,
  Shape,
} from '../../src/contract/shape.js';
import { Email, isCleanText } from '../../src/contract/values.js';

interface Bounds {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly propertyNames?: Bounds;
}

const boundsOf = ({ schema }: ScalarShape | ListShape | MapShape): Bounds =>
  z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as Bounds;

/** Any characters that a contract admits; lengths count code points, as zod does. */
function cleanText({ minLength = 0, maxLength = 20, pattern, format }: Bounds): fc.Arbitrary<string> {
  if (format === 'email') return fc.emailAddress().filter((email) => Email.safeParse(email).success);
  // fast-check builds a class of all but a few characters one by one
  const isOpen = pattern?.startsWith('^[^');
  if (pattern !== undefined && !isOpen) return fc.stringMatching(new RegExp(pattern));
  const anything = fc.string({ unit: 'binary', minLength, maxLength });
  const likely = fc.string({ unit: 'grapheme-ascii', minLength, maxLength });
  return fc.oneof(anything, likely).filter((value) => isCleanText(value) && new RegExp(pattern ?? '', 'u').test(value));
}

/** Names that objects have by themselves, and characters that paths are made of. */
const treacherousKeys = fc.constantFrom('toString', 'valueOf', 'a/b', '~1', '0', 'é', ' ', '_meta');

const key = (names: Bounds): fc.Arbitrary<string> =>
  fc.oneof(cleanText(names), treacherousKeys).filter((name) => name !== '__proto__');

const moment = fc
  .date({ min: new Date('0001-01-01T00:00:00.000Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
  .map((date) => date.toISOString());

const offsetMoment = fc.constantFrom(
  '2026-01-01T01:00:00+01:00',
  '1969-12-31T23:59:59.9999-00:30',
  '2024-02-29T00:00:00Z',
);

const safe = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

function validScalar(shape: ScalarShape): fc.Arbitrary<unknown> {
  const bounds = boundsOf(shape);
  const { minimum: min = safe.min, maximum: max = safe.max } = bounds;
  switch (shape.type) {
    case 'text':
      return cleanText(bounds);
    case 'id':
      return fc.uuid();
    case 'timestamp':
      return fc.oneof(moment, offsetMoment);
    case 'boolean':
      return fc.boolean();
    case 'double':
      // JSON has no text for the others, and none that JavaScript writes for -0
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
    default:
      return fc.oneof(fc.integer({ min: Math.max(min, -1000), max: Math.min(max, 1000) }), fc.constantFrom(min, max));
  }
}

const validEnum = ({ values }: EnumShape): fc.Arbitrary<unknown> => fc.constantFrom(...values);

function listOf(shape: ListShape, item: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const { minItems: minLength = 0, maxItems: maxLength = 5 } = boundsOf(shape);
  return fc.array(item, { minLength, maxLength });
}

const mapOf = (shape: MapShape, item: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.dictionary(key(boundsOf(shape).propertyNames ?? {}), item, { maxKeys: 4, noNullPrototype: true });

type Make = (field: Field) => fc.Arbitrary<unknown>;

function recordOf({ fields, oneOf }: ObjectShape, make: Make): fc.Arbitrary<object> {
  if (oneOf) return fc.oneof(...fields.map((field) => fc.record({ [field.name]: make(field) })));
  const requiredKeys = fields.filter(({ optional }) => !optional).map(({ name }) => name);
  return fc.record(Object.fromEntries(fields.map((field) => [field.name, make(field)])), { requiredKeys });
}

/** What the schema of `shape` takes. */
function valid(shape: Shape): fc.Arbitrary<unknown> {
  if (shape.type === 'object') return validObject(shape);
  if (shape.type === 'enum') return validEnum(shape);
  if (shape.type === 'list') return listOf(shape, valid(shape.item));
  return shape.type === 'map' ? mapOf(shape, valid(shape.value)) : validScalar(shape);
}

export const validObject = (shape: ObjectShape): fc.Arbitrary<object> => recordOf(shape, (field) => valid(field.shape));

function brokenText({ minLength = 0, maxLength = 20 }: Bounds): fc.Arbitrary<unknown> {
  const tooLong = fc.string({ unit: 'grapheme-ascii', minLength: maxLength + 1, maxLength: maxLength + 5 });
  const unclean = fc.constantFrom('a\0', '\ud800', 'x\udfff');
  return minLength > 0 ? fc.oneof(tooLong, unclean, fc.constant('')) : fc.oneof(tooLong, unclean);
}

function brokenScalar(shape: ScalarShape): fc.Arbitrary<unknown> {
  const bounds = boundsOf(shape);
  switch (shape.type) {
    case 'text':
      return bounds.pattern === undefined ? brokenText(bounds) : fc.constantFrom('eur', 'EURO', '');
    case 'id':
      return fc.constantFrom('', '1', '01890000-0000-7000-8000-00000000000g');
    case 'timestamp':
      return fc.constantFrom('', 'yesterday', '2026-02-30T00:00:00Z', '2026-01-01');
    case 'boolean':
    case 'double':
      return validScalar(shape);
    default:
      return fc.constantFrom(0.5, (bounds.minimum ?? safe.min) - 1, (bounds.maximum ?? safe.max) + 1, 1e300);
  }
}

function brokenList(shape: ListShape): fc.Arbitrary<unknown> {
  const { maxItems = 5 } = boundsOf(shape);
  const tooMany = fc.array(valid(shape.item), { minLength: maxItems + 1, maxLength: maxItems + 2 });
  return fc.oneof(tooMany, listOf(shape, broken(shape.item)));
}

const brokenMap = (shape: MapShape): fc.Arbitrary<unknown> =>
  fc.oneof(
    mapOf(shape, broken(shape.value)),
    fc.dictionary(fc.constantFrom('', 'x'.repeat(11)), valid(shape.value), { minKeys: 1, noNullPrototype: true }),
  );

/** None or two set where there is one to be; a field that is missing; or one that is broken itself. */
function brokenObject(shape: ObjectShape): fc.Arbitrary<object> {
  if (shape.oneOf) {
    const all = fc.record(Object.fromEntries(shape.fields.map((field) => [field.name, valid(field.shape)])));
    return fc.oneof(
      fc.constant({}),
      all,
      recordOf(shape, (field) => broken(field.shape)),
    );
  }
  const make: Make = (field) =>
    fc.oneof({ arbitrary: valid(field.shape), weight: 4 }, { arbitrary: broken(field.shape), weight: 1 });
  return fc.oneof(
    { arbitrary: recordOf(shape, make), weight: 4 },
    { arbitrary: without(recordOf(shape, make), shape.fields.filter(isMissed)), weight: 1 },
  );
}

/** An absent list or map is an empty one. */
const isMissed = ({ optional, shape }: Field): boolean => !optional && shape.type !== 'list' && shape.type !== 'map';

function without(made: fc.Arbitrary<object>, fields: readonly Field[]): fc.Arbitrary<object> {
  if (fields.length === 0) return made;
  const names = fields.map(({ name }) => name);
  return fc
    .tuple(made, fc.constantFrom(...names))
    .map(([value, missing]) => Object.fromEntries(Object.entries(value).filter(([name]) => name !== missing)));
}

/** What every wire has a form for, or the client can judge by itself; the schema may take it after all. */
function broken(shape: Shape): fc.Arbitrary<unknown> {
  if (shape.type === 'object') return brokenObject(shape);
  if (shape.type === 'enum') return fc.constantFrom('', 'red', 'MAGENTA');
  if (shape.type === 'list') return brokenList(shape);
  return shape.type === 'map' ? brokenMap(shape) : brokenScalar(shape);
}

/** What `schema`, whose shape this is, refuses. */
export const invalidObject = (shape: ObjectShape, schema: z.ZodType): fc.Arbitrary<object> =>
  brokenObject(shape).filter((value) => !schema.safeParse(value).success);
