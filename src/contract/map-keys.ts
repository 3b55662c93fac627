import type { Issue } from './failure.js';
import { isObject, pointerSegment } from './json-codec.js';
import { fold } from './shape.js';

/** Reports every map key `__proto__`, which zod drops silently. */
export type KeyCheck = (value: unknown, issues: Issue[], path: string) => void;

const forbidden = '__proto__';

export const keyCheck = fold<KeyCheck | undefined>({
  leaf: () => undefined,
  list: (item) =>
    item &&
    ((value, issues, path) => {
      if (!Array.isArray(value)) return;
      for (const [index, element] of value.entries()) item(element, issues, `${path}/${index}`);
    }),
  map: (inner) => (value, issues, path) => {
    if (!isObject(value)) return;
    for (const key of Object.keys(value)) {
      const pointer = path + pointerSegment(key);
      if (key !== forbidden) inner?.(value[key], issues, pointer);
      else issues.push({ path: pointer, code: 'invalid_key', message: `Invalid key: "${forbidden}"` });
    }
  },
  object: (fields) => {
    const checks = fields.filter(({ inner }) => inner);
    if (checks.length === 0) return undefined;
    return (value, issues, path) => {
      if (!isObject(value)) return;
      for (const { name, wire, inner } of checks) inner?.(value[name], issues, `${path}/${wire}`);
    };
  },
});
