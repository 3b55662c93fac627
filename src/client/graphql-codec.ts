import type { Encode } from '../contract/json-codec.js';
import { fold, type ObjectShape } from '../contract/shape.js';
import { argumentsDecoder } from '../protocols/graphql/arguments-decoder.js';

type Values = Readonly<Record<string, unknown>>;

/** Input to variables: declared fields only; a map is a list of `{ key, value }`. Names are camelCase on both sides. */
export const graphqlVariables = fold<Encode>({
  leaf: () => (value) => value,
  list: (item) => (value) => (Array.isArray(value) ? value.map(item) : value),
  map: (inner) => (value) => value && Object.entries(value).map(([key, item]) => ({ key, value: inner(item) })),
  object: (fields) => (value) => {
    const given = fields.filter(({ name }) => (value as Values)[name] !== undefined);
    return Object.fromEntries(given.map(({ name, inner }) => [name, inner((value as Values)[name])]));
  },
});

/** The value of a root field to the output; undefined for an empty one. */
export function graphqlOutput(output: ObjectShape | undefined): Encode {
  if (!output) return () => undefined;
  const decode = argumentsDecoder(output);
  return (value) => decode(value, [], '');
}
