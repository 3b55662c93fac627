import type { Issue } from './failure.js';
import type { Field, ObjectShape, Shape } from './shape.js';

/** TypeScript value -> JSON value in wire names; declared fields only, so nothing else can leave. */
export type Encode = (value: unknown) => unknown;

/** JSON value in wire names -> TypeScript value for the schema to judge; appends what only the wire can see. */
export type Decode = (value: unknown, issues: Issue[], path: string) => unknown;

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const pointerSegment = (key: string): string => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;

const unchanged = (shape: Shape): boolean => shape.type !== 'object' && shape.type !== 'list' && shape.type !== 'map';

function encodeMap(inner: Encode): Encode {
  return (value) =>
    Object.fromEntries(Object.entries((value ?? {}) as Json).map(([key, element]) => [key, inner(element)]));
}

function elementEncoder(shape: Shape): Encode {
  if (shape.type === 'object') return objectEncoder(shape);
  if (shape.type === 'map') return encodeMap(elementEncoder(shape.value));
  if (shape.type !== 'list') return (value) => value;
  if (unchanged(shape.item)) return (value) => value ?? [];
  const inner = elementEncoder(shape.item);
  return (value) => ((value ?? []) as unknown[]).map(inner);
}

/**
 * Compiled, because a loop over names makes dictionary objects, ten times slower to build and to serialize.
 * Field names are `[a-z][A-Za-z0-9]*` by reflection, so none can break out of the source.
 */
export function objectEncoder(shape: ObjectShape): Encode {
  const inner = shape.fields.map((field) => elementEncoder(field.shape));
  const always = shape.fields.every((field) => !field.optional);
  const read = (field: Field, index: number) =>
    unchanged(field.shape) ? `v.${field.name}` : `e[${index}](v.${field.name})`;
  const literal = shape.fields.map((field, index) => `${field.wire}: ${read(field, index)}`).join(', ');
  const assignments = shape.fields.map((field, index) =>
    field.optional
      ? `if (v.${field.name} !== undefined) o.${field.wire} = ${read(field, index)};`
      : `o.${field.wire} = ${read(field, index)};`,
  );
  const body = always ? `return { ${literal} };` : `const o = {}; ${assignments.join(' ')} return o;`;
  return new Function('e', `return function encode${shape.name}(v) { ${body} }`)(inner) as Encode;
}

function decodeMap(inner: Decode): Decode {
  return (value, issues, path) => {
    if (!isObject(value)) return value === undefined ? {} : value;
    const decode = (key: string, element: unknown) => inner(element, issues, path + pointerSegment(key));
    // no assignment: a key __proto__ must stay a key, for the pipeline to refuse
    return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, decode(key, element)]));
  };
}

function decodeList(inner: Decode): Decode {
  return (value, issues, path) => {
    if (!Array.isArray(value)) return value === undefined ? [] : value;
    return value.map((element, index) => inner(element, issues, `${path}/${index}`));
  };
}

const same: Decode = (value) => value;

function elementDecoder(shape: Shape): Decode {
  if (shape.type === 'object') return objectDecoder(shape);
  if (shape.type === 'list') return decodeList(elementDecoder(shape.item));
  return shape.type === 'map' ? decodeMap(elementDecoder(shape.value)) : same;
}

const maxEchoed = 100;

/** An unknown field below `path`; a long name is cut. */
export function unrecognized(path: string, key: string): Issue {
  const name = key.length > maxEchoed ? `${key.slice(0, maxEchoed).toWellFormed()}…` : key;
  return { path: path + pointerSegment(name), code: 'unrecognized_keys', message: `Unrecognized key: "${name}"` };
}

/** A value of another type than `expected`, which stands in a sentence. */
export const mistyped = (path: string, expected: string): Issue => ({
  path,
  code: 'invalid_type',
  message: `Invalid input: expected ${expected}`,
});

/** Judges what came beside an input together with it: its `faults` are told where those of the input are, and no sooner. */
export function withFaults(decode: Decode, faults: readonly Issue[]): Decode {
  if (faults.length === 0) return decode;
  return (value, issues, path) => {
    issues.push(...faults);
    return decode(value, issues, path);
  };
}

/** Refuses unknown fields: a typo must not be silent. */
export function objectDecoder(shape: ObjectShape): Decode {
  const fields = shape.fields.map((field) => ({ ...field, decode: elementDecoder(field.shape) }));
  const known = new Set(shape.fields.map((field) => field.wire));
  const refuseUnknown = (value: Json, issues: Issue[], path: string) => {
    for (const key of Object.keys(value)) if (!known.has(key)) issues.push(unrecognized(path, key));
  };
  return (value, issues, path) => {
    if (!isObject(value)) return value;
    const decoded: Json = {};
    let found = 0;
    for (const { name, wire, decode } of fields) {
      const present = Object.hasOwn(value, wire);
      if (present) found++;
      const inner = decode(present ? value[wire] : undefined, issues, `${path}/${wire}`);
      if (inner !== undefined) decoded[name] = inner;
    }
    if (Object.keys(value).length !== found) refuseUnknown(value, issues, path);
    return decoded;
  };
}
