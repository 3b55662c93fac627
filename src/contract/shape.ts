import { z } from 'zod';
import { isCleanText } from './values.js';
import { snakeCase, survivesTheWire } from './wire-names.js';

/** The wire's view of a schema: what every protocol and every document is derived from. */
export type Shape = ScalarShape | EnumShape | ObjectShape | ListShape | MapShape;

export type ScalarType = 'text' | 'id' | 'timestamp' | 'boolean' | 'int32' | 'int64' | 'double';

export interface ScalarShape {
  readonly type: ScalarType;
  /** The schema it came from, for documents that show bounds and patterns. */
  readonly schema: z.ZodType;
}

export interface EnumShape {
  readonly type: 'enum';
  readonly name: string;
  readonly values: readonly string[];
}

export interface ListShape {
  readonly type: 'list';
  readonly item: ScalarShape | EnumShape | ObjectShape;
  readonly schema: z.ZodType;
}

/** Text keys. */
export interface MapShape {
  readonly type: 'map';
  readonly value: ScalarShape | EnumShape | ObjectShape;
  readonly schema: z.ZodType;
}

export interface Field {
  /** camelCase: TypeScript, GraphQL. */
  readonly name: string;
  /** snake_case: JSON, protobuf. */
  readonly wire: string;
  readonly shape: Shape;
  /** May be absent on the wire. Never true for lists and maps of an output. */
  readonly optional: boolean;
  readonly default?: unknown;
  readonly secret: boolean;
  readonly description?: string;
}

export interface ObjectShape {
  readonly type: 'object';
  /** Of the view; of an input or output without one, the operation gives it. */
  readonly name: string;
  readonly fields: readonly Field[];
  /** Exactly one field is set. */
  readonly oneOf: boolean;
  /** `{ items, pageMeta }` of `page()`. */
  readonly page: boolean;
  /** JSON Schema, in wire names, of what is refused though each field is right. */
  readonly not?: unknown;
  readonly description?: string;
}

interface Unwrapped {
  schema: z.ZodType;
  optional: boolean;
  default?: unknown;
}

function unwrap(schema: z.ZodType): Unwrapped {
  if (schema instanceof z.ZodOptional) return { ...unwrap(schema.unwrap() as z.ZodType), optional: true };
  if (schema instanceof z.ZodDefault) {
    return { ...unwrap(schema.unwrap() as z.ZodType), optional: true, default: schema.def.defaultValue };
  }
  return { schema, optional: false };
}

function stringShape(schema: z.ZodType, path: string): ScalarShape {
  if (schema instanceof z.ZodGUID || schema instanceof z.ZodUUID) return { type: 'id', schema };
  if (schema instanceof z.ZodISODateTime) return { type: 'timestamp', schema };
  if (schema instanceof z.ZodEmail) return { type: 'text', schema };
  const checks = (schema as z.ZodString).def.checks ?? [];
  const clean = checks.some((check) => 'fn' in check._zod.def && check._zod.def.fn === isCleanText);
  if (!clean) throw new TypeError(`${path}: free text needs a bound and a check: use text({ max: … })`);
  return { type: 'text', schema };
}

function numberShape(schema: z.ZodNumber): ScalarShape {
  const type = schema.format === 'int32' ? 'int32' : schema.format === 'safeint' ? 'int64' : 'double';
  return { type, schema };
}

function enumShape(schema: z.ZodEnum, path: string): EnumShape {
  const name = schema.meta()?.id;
  const values = schema.options.map(String);
  if (!name) throw new TypeError(`${path}: an enum needs a name: use enumeration('Name', [...])`);
  const wrong = values.find((value) => !/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(value));
  if (wrong) throw new TypeError(`${path}: enum value "${wrong}" is not UPPER_SNAKE`);
  return { type: 'enum', name, values };
}

function element(schema: z.ZodType, path: string): ScalarShape | EnumShape | ObjectShape {
  const shape = reflect(schema, path);
  if (shape.type === 'list' || shape.type === 'map') {
    throw new TypeError(`${path}: a list or map holds scalars, enums and views; wrap an inner one in a view`);
  }
  return shape;
}

function field(name: string, declared: z.ZodType, path: string): Field {
  if (!survivesTheWire(name))
    throw new TypeError(`${path}: the name does not survive camelCase -> snake_case -> camelCase`);
  const { schema, optional, default: preset } = unwrap(declared);
  const shape = reflect(schema, path);
  if (optional && (shape.type === 'list' || shape.type === 'map')) {
    throw new TypeError(`${path}: lists and maps are never optional, absent means empty`);
  }
  const meta = { ...schema.meta(), ...declared.meta() };
  return {
    name,
    wire: snakeCase(name),
    shape,
    optional,
    secret: meta.secret === true,
    ...(preset !== undefined && { default: preset }),
    ...(meta.description !== undefined && { description: meta.description }),
  };
}

/** The shape of an object schema; `name` for one that has none of its own. Throws TypeError on what no wire can carry. */
export function reflectObject(schema: z.ZodType, name?: string): ObjectShape {
  const meta = schema.meta();
  const own = meta?.id ?? name;
  if (!(schema instanceof z.ZodObject)) throw new TypeError(`${own ?? 'schema'}: not an object`);
  if (!own) throw new TypeError("an object inside a contract needs a name: use view('Name', {...})");
  return {
    type: 'object',
    name: own,
    fields: Object.entries(schema.shape).map(([key, value]) => field(key, value as z.ZodType, `${own}.${key}`)),
    oneOf: meta?.oneOf === true,
    page: meta?.page === true,
    ...(meta?.not !== undefined && { not: meta.not }),
    ...(meta?.description !== undefined && { description: meta.description }),
  };
}

function reflect(schema: z.ZodType, path: string): Shape {
  if (schema instanceof z.ZodObject) return reflectObject(schema);
  if (schema instanceof z.ZodArray) return { type: 'list', item: element(schema.element as z.ZodType, path), schema };
  if (schema instanceof z.ZodRecord)
    return { type: 'map', value: element(schema.valueType as z.ZodType, path), schema };
  if (schema instanceof z.ZodEnum) return enumShape(schema, path);
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) return stringShape(schema, path);
  if (schema instanceof z.ZodNumber) return numberShape(schema);
  if (schema instanceof z.ZodBoolean) return { type: 'boolean', schema };
  throw new TypeError(`${path}: no wire carries a zod ${schema.def.type}`);
}

/** Whether a field marked `secret()` is in it, at any depth. */
export const holdsSecret = (shape: Shape): boolean => {
  if (shape.type === 'object') return shape.fields.some((inner) => inner.secret || holdsSecret(inner.shape));
  if (shape.type === 'list') return holdsSecret(shape.item);
  return shape.type === 'map' && holdsSecret(shape.value);
};
