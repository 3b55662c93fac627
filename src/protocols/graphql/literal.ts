import { fold } from '../../contract/shape.js';

type Print = (value: unknown) => string;

const print: Print = (value) => JSON.stringify(value);

export const literal = fold<Print>({
  leaf: ({ type }) => (type === 'enum' ? String : print),
  list: (item) => (value) => `[${(value as unknown[]).map(item).join(', ')}]`,
  map: (inner) => (value) =>
    `[${Object.entries(value as object)
      .map(([key, element]) => `{ key: ${print(key)}, value: ${inner(element)} }`)
      .join(', ')}]`,
  object: (fields) => (value) => {
    const values = value as Readonly<Record<string, unknown>>;
    const given = fields.filter(({ name }) => values[name] !== undefined);
    return `{ ${given.map(({ name, inner }) => `${name}: ${inner(values[name])}`).join(', ')} }`;
  },
});
