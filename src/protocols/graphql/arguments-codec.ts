import type { Issue } from '../../contract/failure.js';
import { asIs, type Decode, type Encode, type JsonObject, pointerSegment } from '../../contract/json-codec.js';
import { fold } from '../../contract/shape.js';

const duplicate = (path: string, key: string): Issue => ({
  path,
  code: 'invalid_key',
  message: `Duplicate key: ${JSON.stringify(key)}`,
});

/** Null counts as absent; a list of `{ key, value }` becomes a map. */
export const argumentsDecoder = fold<Decode>({
  leaf: () => asIs,
  list: (item) =>
    item === asIs
      ? (value) => value ?? []
      : (value, issues, path) =>
          ((value ?? []) as unknown[]).map((element, index) => item(element, issues, `${path}/${index}`)),
  map: (inner) => (value, issues, path) => {
    const decoded = new Map<string, unknown>();
    for (const { key, value: element } of (value ?? []) as { key: string; value: unknown }[]) {
      if (decoded.has(key)) issues.push(duplicate(path, key));
      else decoded.set(key, inner(element, issues, path + pointerSegment(key)));
    }
    return Object.fromEntries(decoded);
  },
  object: (fields) => {
    if (fields.every(({ optional, inner }) => !optional && inner === asIs)) return asIs;
    const decoders = fields.map(({ name, wire, inner }) => ({ name, wire, decode: inner }));
    return (value, issues, path) => {
      if (value === undefined) return undefined;
      const decoded: JsonObject = {};
      for (const { name, wire, decode } of decoders) {
        const inner = decode((value as JsonObject)[name] ?? undefined, issues, `${path}/${wire}`);
        if (inner !== undefined) decoded[name] = inner;
      }
      return decoded;
    };
  },
});

export const argumentsEncoder = fold<Encode>({
  leaf: () => asIs,
  list: (item) => (value) => (Array.isArray(value) ? value.map(item) : value),
  map: (inner) => (value) => value && Object.entries(value).map(([key, item]) => ({ key, value: inner(item) })),
  object: (fields) => (value) => {
    const given = fields.filter(({ name }) => (value as JsonObject)[name] !== undefined);
    return Object.fromEntries(given.map(({ name, inner }) => [name, inner((value as JsonObject)[name])]));
  },
});
