import type { Encode } from '../contract/json-codec.js';
import type { OperationDescriptor } from '../contract/module.js';
import { fold, type ObjectShape } from '../contract/shape.js';
import { argumentsDecoder } from '../protocols/graphql/arguments-codec.js';
import { GraphqlTypes } from '../protocols/graphql/graphql-types.js';

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
  const given = Object.entries(new GraphqlTypes().arguments(input));
  const declared = parenthesized(given.map(([name, { type }]) => `$${name}: ${type}`));
  const passed = parenthesized(given.map(([name]) => `${name}: $${name}`));
  const root = kind === 'query' ? 'query' : 'mutation';
  return { field, query: `${root}${declared} { ${field}${passed}${output ? selection(output) : ''} }` };
}
