import { z } from 'zod';
import { jsonEncoder } from '../../src/contract/json-codec.js';
import {
  emptyIsEnough,
  type Field,
  type FoldedField,
  fold,
  foldFields,
  listBounds,
  type ObjectShape,
  type ScalarShape,
  type Shape,
} from '../../src/contract/shape.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Inputs refuse unknown fields and may omit those with a default; outputs are complete. */
export type Direction = 'input' | 'output';

/** Views in inputs are named `…Input`. */
export interface SchemaComponents {
  readonly refs: string;
  readonly schemas: Record<string, JsonSchema>;
}

const formats: Partial<Record<ScalarShape['type'], string>> = { int32: 'int32', int64: 'int64', double: 'double' };

const noNul = '^[^\\x00]*$';
const mapKey = { pattern: noNul, not: { enum: ['__proto__'] } };
/** Format `date-time` without leap seconds and lower case. */
const timestamp = '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:[0-5]\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$';

function constraints(schema: z.ZodType): JsonSchema {
  const {
    $schema,
    $comment,
    id,
    secret,
    oneOf,
    page,
    default: preset,
    ...rest
  } = z.toJSONSchema(schema, {
    unrepresentable: 'any',
    io: 'input',
    reused: 'inline',
  }) as Record<string, unknown>;
  return rest;
}

/** Leaves out zod's patterns of ids and timestamps, which repeat the format. */
function scalarSchema({ type, schema }: ScalarShape, direction: Direction): JsonSchema {
  const { pattern = noNul, ...rest } = constraints(schema);
  const format = formats[type];
  return {
    ...rest,
    ...(format && { format }),
    ...(type === 'text' && { pattern }),
    ...(type === 'timestamp' && direction === 'input' && { pattern: timestamp }),
  };
}

function named(name: string, schema: JsonSchema, components: SchemaComponents | undefined): JsonSchema {
  return components ? defineSchema(components, name, schema) : schema;
}

/** Returns a reference. Throws TypeError when another schema has the name. */
export function defineSchema({ refs, schemas }: SchemaComponents, name: string, schema: JsonSchema): JsonSchema {
  const known = schemas[name];
  if (known && JSON.stringify(known) !== JSON.stringify(schema)) throw new TypeError(`two schemas are called ${name}`);
  schemas[name] = schema;
  return { $ref: `${refs}${name}` };
}

const isRequired = ({ optional, shape }: Field, direction: Direction): boolean =>
  !optional && (direction === 'output' || !emptyIsEnough(shape));

const property = (
  { inner, shape, description, secret, default: preset }: FoldedField<JsonSchema>,
  direction: Direction,
): JsonSchema => ({
  ...inner,
  ...(description !== undefined && { description }),
  ...(secret && shape.type === 'text' && { format: 'password' }),
  ...(preset !== undefined && direction === 'input' && { default: jsonEncoder(shape)(preset) }),
});

function objectSchema(
  fields: readonly FoldedField<JsonSchema>[],
  { oneOf, not, description }: ObjectShape,
  direction: Direction,
): JsonSchema {
  const required = fields.filter((field) => isRequired(field, direction)).map((field) => field.wire);
  return {
    type: 'object',
    ...(description !== undefined && { description }),
    properties: Object.fromEntries(fields.map((field) => [field.wire, property(field, direction)])),
    ...(required.length > 0 && { required }),
    ...(oneOf && { minProperties: 1, maxProperties: 1 }),
    ...(direction === 'input' && { additionalProperties: false, ...(not !== undefined && { not }) }),
  };
}

/** JSON Schema 2020-12. With `components`, named views and enums are references. */
export const jsonSchemaOf = (shape: Shape, direction: Direction, components?: SchemaComponents): JsonSchema =>
  fold<JsonSchema>({
    leaf: (leaf) =>
      leaf.type === 'enum'
        ? named(leaf.name, { type: 'string', enum: leaf.values }, components)
        : scalarSchema(leaf, direction),
    list: (items, list) => {
      const { minItems, maxItems } = listBounds(list);
      return {
        type: 'array',
        ...(minItems !== undefined && { minItems }),
        ...(maxItems !== undefined && { maxItems }),
        items,
      };
    },
    map: (additionalProperties, { schema }) => {
      const propertyNames = constraints(schema).propertyNames as JsonSchema | undefined;
      return {
        type: 'object',
        ...(direction === 'input' && { propertyNames: { ...mapKey, ...propertyNames } }),
        additionalProperties,
      };
    },
    object: (fields, inner) =>
      named(
        direction === 'input' ? `${inner.name}Input` : inner.name,
        objectSchema(fields, inner, direction),
        components,
      ),
  })(shape);

/** Inlined even with `components`; without them fast-json-stringify compiles it. */
export const jsonSchema = (shape: ObjectShape, direction: Direction, components?: SchemaComponents): JsonSchema =>
  objectSchema(
    foldFields((inner) => jsonSchemaOf(inner, direction, components), shape),
    shape,
    direction,
  );
