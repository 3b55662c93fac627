import type { Issue } from './failure.js';
import { pointerSegment } from './json-codec.js';
import type { ObjectShape, Shape } from './shape.js';

/** Appends an issue for every map key `__proto__` of a value as TypeScript has it. */
export type KeyCheck = (value: unknown, issues: Issue[], path: string) => void;

type Values = Readonly<Record<string, unknown>>;

const forbidden = '__proto__';

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** For before the schema, which drops such a key without a word. Undefined for a shape without maps. */
export function keyCheck(shape: Shape): KeyCheck | undefined {
  switch (shape.type) {
    case 'object':
      return objectCheck(shape);
    case 'list':
      return listCheck(keyCheck(shape.item));
    case 'map':
      return mapCheck(keyCheck(shape.value));
    default:
      return undefined;
  }
}

function objectCheck(shape: ObjectShape): KeyCheck | undefined {
  const fields = shape.fields.flatMap(({ name, wire, shape: inner }) => {
    const check = keyCheck(inner);
    return check ? [{ name, wire, check }] : [];
  });
  if (fields.length === 0) return undefined;
  return (value, issues, path) => {
    if (!isObject(value)) return;
    for (const { name, wire, check } of fields) check(value[name], issues, `${path}/${wire}`);
  };
}

function listCheck(item: KeyCheck | undefined): KeyCheck | undefined {
  if (!item) return undefined;
  return (value, issues, path) => {
    if (!Array.isArray(value)) return;
    for (const [index, element] of value.entries()) item(element, issues, `${path}/${index}`);
  };
}

function mapCheck(element: KeyCheck | undefined): KeyCheck {
  return (value, issues, path) => {
    if (!isObject(value)) return;
    if (Object.hasOwn(value, forbidden)) {
      issues.push({ path: `${path}/${forbidden}`, code: 'invalid_key', message: `Invalid key: "${forbidden}"` });
    }
    if (!element) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key !== forbidden) element(inner, issues, path + pointerSegment(key));
    }
  };
}
