import type { Issue } from '../../contract/failure.js';
import { type Decode, pointerSegment } from '../../contract/json-codec.js';
import type { ObjectShape, Shape } from '../../contract/shape.js';

type Values = Record<string, unknown>;

const same: Decode = (value) => value;

/** GraphQL has checked these already, and they look as the schema wants them. */
const isAsGiven = (shape: Shape): boolean => {
  if (shape.type === 'object') return shape.fields.every((field) => !field.optional && isAsGiven(field.shape));
  return shape.type !== 'list' && shape.type !== 'map';
};

function decoderOf(shape: Shape): Decode {
  if (shape.type === 'list') return decodeList(decoderOf(shape.item));
  if (shape.type === 'map') return decodeEntries(decoderOf(shape.value));
  return shape.type === 'object' ? argumentsDecoder(shape) : same;
}

/** Arguments of a field -> input: null is absence, a list of `{ key, value }` a map. Names are camelCase on both sides. */
export function argumentsDecoder(shape: ObjectShape): Decode {
  if (isAsGiven(shape)) return same;
  const fields = shape.fields.map(({ name, wire, shape: inner }) => ({ name, wire, decode: decoderOf(inner) }));
  return (value, issues, path) => {
    if (value === undefined) return undefined;
    const decoded: Values = {};
    for (const { name, wire, decode } of fields) {
      const inner = decode((value as Values)[name] ?? undefined, issues, `${path}/${wire}`);
      if (inner !== undefined) decoded[name] = inner;
    }
    return decoded;
  };
}

function decodeList(inner: Decode): Decode {
  if (inner === same) return (value) => value ?? [];
  return (value, issues, path) =>
    ((value ?? []) as unknown[]).map((element, index) => inner(element, issues, `${path}/${index}`));
}

const duplicate = (path: string, key: string): Issue => ({
  path,
  code: 'invalid_key',
  message: `Duplicate key: ${JSON.stringify(key)}`,
});

function decodeEntries(inner: Decode): Decode {
  return (value, issues, path) => {
    const decoded = new Map<string, unknown>();
    for (const { key, value: element } of (value ?? []) as { key: string; value: unknown }[]) {
      if (decoded.has(key)) issues.push(duplicate(path, key));
      else decoded.set(key, inner(element, issues, path + pointerSegment(key)));
    }
    return Object.fromEntries(decoded);
  };
}
