import { z } from 'zod';
import { objectEncoder } from './json-codec.js';
import type { EnumShape, Field, ListShape, MapShape, ObjectShape, ScalarShape, Shape } from './shape.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Inputs refuse what they do not know and may leave out what has a default; outputs are always complete. */
export type Direction = 'input' | 'output';

/** Where named views and enums go, so that a document describes each once; views of inputs are called `…Input`. */
export interface SchemaComponents {
  /** `#/components/schemas/`. */
  readonly refs: string;
  /** Filled by `jsonSchema`. */
  readonly schemas: Record<string, JsonSchema>;
}

const formats: Partial<Record<ScalarShape['type'], string>> = { int32: 'int32', int64: 'int64', double: 'double' };

/** Of text that has no pattern of its own. */
const noNul = '^[^\\x00]*$';
const mapKey = '^(?!__proto__$)[^\\x00]*$';
/** What is taken of the format `date-time`: no leap second, no lower case. */
const timestamp = '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:[0-5]\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$';

/** Bounds, pattern and format of a leaf or of the list or map itself, as zod has them. */
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

/** zod's own patterns of ids and timestamps say what their formats say. */
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

class Writer {
  constructor(
    private readonly direction: Direction,
    private readonly components: SchemaComponents | undefined,
  ) {}

  schema(shape: Shape): JsonSchema {
    if (shape.type === 'object') return this.#object(shape);
    if (shape.type === 'enum') return this.#enum(shape);
    if (shape.type === 'list') return this.#list(shape);
    return shape.type === 'map' ? this.#map(shape) : scalarSchema(shape, this.direction);
  }

  #object(shape: ObjectShape): JsonSchema {
    return this.#named(this.direction === 'input' ? `${shape.name}Input` : shape.name, this.object(shape));
  }

  #enum({ name, values }: EnumShape): JsonSchema {
    return this.#named(name, { type: 'string', enum: values });
  }

  #list({ item, schema }: ListShape): JsonSchema {
    const { minItems, maxItems } = constraints(schema);
    return {
      type: 'array',
      ...(minItems !== undefined && { minItems }),
      ...(maxItems !== undefined && { maxItems }),
      items: this.schema(item),
    };
  }

  #map({ value, schema }: MapShape): JsonSchema {
    const propertyNames = constraints(schema).propertyNames as JsonSchema | undefined;
    return {
      type: 'object',
      ...(this.direction === 'input' && { propertyNames: { pattern: mapKey, ...propertyNames } }),
      additionalProperties: this.schema(value),
    };
  }

  #named(name: string, schema: JsonSchema): JsonSchema {
    if (!this.components) return schema;
    const { refs, schemas } = this.components;
    const known = schemas[name];
    if (known && JSON.stringify(known) !== JSON.stringify(schema))
      throw new TypeError(`two schemas are called ${name}`);
    schemas[name] = schema;
    return { $ref: `${refs}${name}` };
  }

  object({ fields, oneOf, not, description }: ObjectShape): JsonSchema {
    const required = fields.filter((field) => this.#isRequired(field)).map((field) => field.wire);
    return {
      type: 'object',
      ...(description !== undefined && { description }),
      properties: Object.fromEntries(fields.map((field) => [field.wire, this.#field(field)])),
      ...(required.length > 0 && { required }),
      ...(oneOf && { minProperties: 1, maxProperties: 1 }),
      ...(this.direction === 'input' && { additionalProperties: false, ...(not !== undefined && { not }) }),
    };
  }

  #isRequired({ optional, shape }: Field): boolean {
    if (this.direction === 'output') return !optional;
    const emptyIsEnough = shape.type === 'map' || (shape.type === 'list' && !constraints(shape.schema).minItems);
    return !optional && !emptyIsEnough;
  }

  #field({ shape, description, secret, default: preset }: Field): JsonSchema {
    return {
      ...this.schema(shape),
      ...(description !== undefined && { description }),
      ...(secret && shape.type === 'text' && { format: 'password' }),
      ...(preset !== undefined && this.direction === 'input' && { default: presetOf(shape, preset) }),
    };
  }
}

const presetOf = (shape: Shape, preset: unknown): unknown =>
  shape.type === 'object' ? objectEncoder(shape)(preset) : preset;

/**
 * JSON Schema 2020-12 of the wire form. Without `components` everything is in place, in words that fast-json-stringify
 * compiles; with them, named views and enums become references.
 */
export const jsonSchema = (shape: ObjectShape, direction: Direction, components?: SchemaComponents): JsonSchema =>
  new Writer(direction, components).object(shape);

/** The same for any value, and a named view is a reference itself. */
export const jsonSchemaOf = (shape: Shape, direction: Direction, components?: SchemaComponents): JsonSchema =>
  new Writer(direction, components).schema(shape);
