import type { Issue } from './failure.js';
import { fold } from './shape.js';

/** To JSON in wire names. Copies declared fields only, so nothing else can leave. */
export type Encode = (value: unknown) => unknown;

/** From JSON in wire names, not validated. Appends issues that only the wire form shows. */
export type Decode = (value: unknown, issues: Issue[], path: string) => unknown;

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const pointerSegment = (key: string): string => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;

export const asIs = (value: unknown): unknown => value;

/** Compiled into object literals: a loop is ten times slower. Field names `[a-z][A-Za-z0-9]*` are safe. */
export const jsonEncoder = fold<Encode>({
  leaf: () => asIs,
  list: (item) => (item === asIs ? (value) => value ?? [] : (value) => ((value ?? []) as unknown[]).map(item)),
  map: (inner) => (value) =>
    Object.fromEntries(Object.entries((value ?? {}) as JsonObject).map(([key, element]) => [key, inner(element)])),
  object: (fields, shape) => {
    const values = fields.map(({ name, inner }, index) => (inner === asIs ? `v.${name}` : `e[${index}](v.${name})`));
    const literal = fields.map(({ wire }, index) => `${wire}: ${values[index]}`).join(', ');
    const assignments = fields.map(({ name, wire, optional }, index) => {
      const assignment = `o.${wire} = ${values[index]};`;
      return optional ? `if (v.${name} !== undefined) ${assignment}` : assignment;
    });
    const isComplete = fields.every((field) => !field.optional);
    const body = isComplete ? `return { ${literal} };` : `const o = {}; ${assignments.join(' ')} return o;`;
    const inner = fields.map((field) => field.inner);
    return new Function('e', `return function encode${shape.name}(v) { ${body} }`)(inner) as Encode;
  },
});

/** Refuses unknown fields, so that typos are noticed. */
export const jsonDecoder = fold<Decode>({
  leaf: () => asIs,
  list: (item) => (value, issues, path) => {
    if (!Array.isArray(value)) return value === undefined ? [] : value;
    return value.map((element, index) => item(element, issues, `${path}/${index}`));
  },
  map: (inner) => (value, issues, path) => {
    if (!isObject(value)) return value === undefined ? {} : value;
    const decode = (key: string, element: unknown) => inner(element, issues, path + pointerSegment(key));
    // an assignment would lose the key __proto__, which the pipeline refuses
    return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, decode(key, element)]));
  },
  object: (fields) => {
    const decoders = fields.map(({ name, wire, inner }) => ({ name, wire, decode: inner }));
    const known = new Set(fields.map(({ wire }) => wire));
    return (value, issues, path) => {
      if (!isObject(value)) return value;
      const decoded: JsonObject = {};
      let found = 0;
      for (const { name, wire, decode } of decoders) {
        const present = Object.hasOwn(value, wire);
        if (present) found++;
        const inner = decode(present ? value[wire] : undefined, issues, `${path}/${wire}`);
        if (inner !== undefined) decoded[name] = inner;
      }
      if (Object.keys(value).length !== found) refuseUnknown(value, known, issues, path);
      return decoded;
    };
  },
});

export function refuseUnknown(value: object, known: ReadonlySet<string>, issues: Issue[], path: string): void {
  for (const key of Object.keys(value)) if (!known.has(key)) issues.push(unrecognized(path, key));
}

const maxEchoed = 100;

export function unrecognized(path: string, key: string): Issue {
  const name = key.length > maxEchoed ? `${key.slice(0, maxEchoed).toWellFormed()}…` : key;
  return { path: path + pointerSegment(name), code: 'unrecognized_keys', message: `Unrecognized key: "${name}"` };
}

export const mistyped = (path: string, expected: string): Issue => ({
  path,
  code: 'invalid_type',
  message: `Invalid input: expected ${expected}`,
});

export function withIssues(decode: Decode, known: readonly Issue[]): Decode {
  if (known.length === 0) return decode;
  return (value, issues, path) => {
    issues.push(...known);
    return decode(value, issues, path);
  };
}
