import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
} from 'graphql';
import { moduleContracts } from '../../../src/apps/modules.js';
import type { OperationDescriptor } from '../../../src/contract/module.js';

export interface GraphqlText {
  readonly query: string;
  readonly field: string;
}

const relations = new Set(
  moduleContracts.flatMap((contract) => contract.relations.map(({ view, field }) => `${view}.${field}`)),
);

function selection(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const own = Object.values(named.getFields()).filter(({ name }) => !relations.has(`${named.name}.${name}`));
  const fields = own.map(({ name, type: inner }) => name + selection(inner));
  return ` { ${fields.join(' ')} }`;
}

function rootField(schema: GraphQLSchema, { kind, wire, output }: OperationDescriptor): GraphQLField<unknown, unknown> {
  const root: GraphQLObjectType | null | undefined =
    kind === 'query' ? schema.getQueryType() : schema.getMutationType();
  const name = output?.page ? `${wire.graphql}Page` : wire.graphql;
  const field = root?.getFields()[name];
  if (!field) throw new Error(`the schema has no field ${name}`);
  return field;
}

/** What a person would write who has the schema: every argument a variable, every field selected that the other protocols have. */
export function graphqlText(schema: GraphQLSchema, operation: OperationDescriptor, extra = ''): GraphqlText {
  const { name: field, args, type } = rootField(schema, operation);
  const declared = args.map((argument) => `$${argument.name}: ${argument.type}`).join(', ');
  const passed = [...args.map((argument) => `${argument.name}: $${argument.name}`), ...(extra && [extra])].join(', ');
  const root = operation.kind === 'query' ? 'query' : 'mutation';
  return {
    field,
    query: `${root}${declared && `(${declared})`} { ${field}${passed && `(${passed})`}${selection(type)} }`,
  };
}
