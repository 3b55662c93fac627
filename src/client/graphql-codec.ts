import type { Encode } from '../contract/json-codec.js';
import type { ObjectShape, Shape } from '../contract/shape.js';
import { argumentsDecoder } from '../protocols/graphql/arguments-decoder.js';

type Values = Readonly<Record<string, unknown>>;

const same: Encode = (value) => value;

function element(shape: Shape): Encode {
  if (shape.type === 'object') return graphqlVariables(shape);
  if (shape.type === 'list') return eachItem(element(shape.item));
  return shape.type === 'map' ? entries(element(shape.value)) : same;
}

const eachItem =
  (inner: Encode): Encode =>
  (value) =>
    Array.isArray(value) ? value.map(inner) : value;

const entries =
  (inner: Encode): Encode =>
  (value) =>
    value && Object.entries(value).map(([key, item]) => ({ key, value: inner(item) }));

/** Input to variables: declared fields only; a map is a list of `{ key, value }`. Names are camelCase on both sides. */
export function graphqlVariables({ fields }: ObjectShape): Encode {
  const encoders = fields.map(({ name, shape }) => [name, element(shape)] as const);
  return (value) =>
    Object.fromEntries(
      encoders.flatMap(([name, encode]) => {
        const given = (value as Values)[name];
        return given === undefined ? [] : [[name, encode(given)]];
      }),
    );
}

/** What a root field answers to the output. Undefined for an empty one. */
export function graphqlOutput(output: ObjectShape | undefined): Encode {
  if (!output) return () => undefined;
  const decode = argumentsDecoder(output);
  return (value) => decode(value, [], '');
}
