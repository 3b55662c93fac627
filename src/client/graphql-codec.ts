import type { Encode } from '../contract/json-codec.js';
import type { OperationDescriptor } from '../contract/module.js';
import { fold, foldFields, type ObjectShape } from '../contract/shape.js';
import { argumentsDecoder } from '../protocols/graphql/arguments-decoder.js';
import { inputType, TypeDefinitions } from '../protocols/graphql/type-definitions.js';

type Values = Readonly<Record<string, unknown>>;

/** A map becomes a list of `{ key, value }`. */
export const graphqlVariables = fold<Encode>({
  leaf: () => (value) => value,
  list: (item) => (value) => (Array.isArray(value) ? value.map(item) : value),
  map: (inner) => (value) => value && Object.entries(value).map(([key, item]) => ({ key, value: inner(item) })),
  object: (fields) => (value) => {
    const given = fields.filter(({ name }) => (value as Values)[name] !== undefined);
    return Object.fromEntries(given.map(({ name, inner }) => [name, inner((value as Values)[name])]));
  },
});

export function graphqlOutput(output: ObjectShape | undefined): Encode {
  if (!output) return () => undefined;
  const decode = argumentsDecoder(output);
  return (value) => decode(value, [], '');
}

export interface GraphqlDocument {
  readonly query: string;
  readonly field: string;
}

const selection = fold<string>({
  leaf: () => '',
  list: (item) => item,
  map: (value) => ` { key value${value} }`,
  object: (fields) => ` { ${fields.map(({ name, inner }) => name + inner).join(' ')} }`,
});

const parenthesized = (items: readonly string[]): string => (items.length === 0 ? '' : `(${items.join(', ')})`);

export function graphqlDocument({ kind, wire, input, output }: OperationDescriptor): GraphqlDocument {
  const field = output?.page ? `${wire.graphql}Page` : wire.graphql;
  const given = foldFields(new TypeDefinitions().input, input);
  const declared = parenthesized(given.map((each) => `$${each.name}: ${inputType(each)}`));
  const passed = parenthesized(given.map(({ name }) => `${name}: $${name}`));
  const root = kind === 'query' ? 'query' : 'mutation';
  return { field, query: `${root}${declared} { ${field}${passed}${output ? selection(output) : ''} }` };
}
