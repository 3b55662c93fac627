import { z } from 'zod';
import type { EnumShape, Field, ObjectShape, ScalarShape, Shape } from './shape.js';
import { isCleanText } from './values.js';
import { isReversible, snakeCase } from './wire-names.js';

function unwrapped(schema: z.ZodType): z.ZodType {
  const isWrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;
  return isWrapped ? unwrapped(schema.unwrap() as z.ZodType) : schema;
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
  if (!isReversible(name))
    throw new TypeError(`${path}: the name does not survive camelCase -> snake_case -> camelCase`);
  const schema = unwrapped(declared);
  const { success: optional, data: preset } = declared.safeParse(undefined);
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

/** `name`: for a schema without its own. Throws TypeError for what a protocol cannot represent. */
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
  throw new TypeError(`${path}: no protocol can represent a zod ${schema.def.type}`);
}
