import { type InputObjectTypeDefinitionNode, parse, print } from 'graphql';
import type { OperationDescriptor } from '../contract/module.js';
import { fold, type ObjectShape } from '../contract/shape.js';
import { TypeDefinitions } from '../protocols/graphql/type-definitions.js';

export interface GraphqlDocument {
  readonly query: string;
  /** The root field, under which the answer is. */
  readonly field: string;
}

const selection = fold<string>({
  leaf: () => '',
  list: (item) => item,
  map: (value) => ` { key value${value} }`,
  object: (fields) => ` { ${fields.map(({ name, inner }) => name + inner).join(' ')} }`,
});

/** Names and types of the variables, as the schema prints those of the arguments. */
function variables(input: ObjectShape): readonly (readonly [name: string, type: string])[] {
  if (input.fields.length === 0) return [];
  const { definitions } = parse(`input Arguments { ${new TypeDefinitions().inputFields(input)} }`, {
    noLocation: true,
  });
  const { fields = [] } = definitions[0] as InputObjectTypeDefinitionNode;
  return fields.map(({ name, type }) => [name.value, print(type)]);
}

const parenthesized = (items: readonly string[]): string => (items.length === 0 ? '' : `(${items.join(', ')})`);

/** A document that asks for one operation and all that its output has; a page is asked for as a whole. */
export function graphqlDocument({ kind, wire, input, output }: OperationDescriptor): GraphqlDocument {
  const field = output?.page ? `${wire.graphql}Page` : wire.graphql;
  const given = variables(input);
  const declared = parenthesized(given.map(([name, type]) => `$${name}: ${type}`));
  const passed = parenthesized(given.map(([name]) => `${name}: $${name}`));
  const root = kind === 'query' ? 'query' : 'mutation';
  return { field, query: `${root}${declared} { ${field}${passed}${output ? selection(output) : ''} }` };
}
