import {
  GraphQLBoolean,
  type GraphQLFieldConfig,
  type GraphQLFieldResolver,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLSchema,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import type { OperationDescriptor } from '../../contract/module.js';
import type { Page } from '../../contract/pagination.js';
import type { Relation } from '../../contract/relation.js';
import { argumentsDecoder } from './arguments-codec.js';
import type { GraphqlScope } from './graphql-scope.js';
import { GraphqlTypes } from './graphql-types.js';
import { relationField } from './relation-fields.js';
import { DateTime, SafeInt } from './scalars.js';

type Resolver = GraphQLFieldResolver<unknown, GraphqlScope>;
type RootField = GraphQLFieldConfig<unknown, GraphqlScope>;

/** GraphQL requires a query. */
const noQuery: RootField = { type: GraphQLBoolean, description: 'There is nothing to query here.' };
const done = (): boolean => true;
const items = (value: unknown): unknown => (value as Page<unknown>).items;

export function graphqlSchema(
  operations: readonly OperationDescriptor[],
  relations: readonly Relation[],
): GraphQLSchema {
  const types = new GraphqlTypes(relations.map(relationField));
  const roots = { query: new Map<string, RootField>(), command: new Map<string, RootField>() };
  for (const operation of operations) {
    for (const [name, field] of rootFields(operation, types)) roots[operation.kind].set(name, field);
  }
  if (roots.query.size === 0) roots.query.set('_empty', noQuery);
  return new GraphQLSchema({
    query: rootType('Query', roots.query),
    mutation: roots.command.size === 0 ? undefined : rootType('Mutation', roots.command),
    types: [DateTime, SafeInt],
  });
}

function rootType(name: string, fields: ReadonlyMap<string, RootField>): GraphQLObjectType {
  const sorted = [...fields].sort(([a], [b]) => (a < b ? -1 : 1));
  return new GraphQLObjectType({ name, fields: Object.fromEntries(sorted) });
}

function rootFields(operation: OperationDescriptor, types: GraphqlTypes): [string, RootField][] {
  const { wire, spec, input, output } = operation;
  const decode = argumentsDecoder(input);
  const field = (type: GraphQLOutputType, read?: (value: unknown) => unknown): RootField => ({
    type,
    args: types.arguments(input),
    description: spec.description,
    resolve: read
      ? (_root, args, scope) => scope.execute(operation, args, decode).then(read)
      : (_root, args, scope) => scope.execute(operation, args, decode),
  });
  if (!output) return [[wire.graphql, field(new GraphQLNonNull(GraphQLBoolean), done)]];
  const whole = field(types.output(output));
  const list = output.page ? output.fields.find(({ name }) => name === 'items') : undefined;
  if (!list) return [[wire.graphql, whole]];
  return [
    [wire.graphql, field(types.output(list.shape), items)],
    [`${wire.graphql}Page`, whole],
  ];
}

export const isDeclared = (type: GraphQLNamedType): boolean =>
  !isIntrospectionType(type) && !isSpecifiedScalarType(type);

/** Of root fields, maps and relations: the engines inline plain property reads. */
export function resolversOf(schema: GraphQLSchema): Record<string, object> {
  const types = Object.values(schema.getTypeMap()).filter(isDeclared);
  const scalars = types.filter(isScalarType).map((type) => [type.name, type]);
  const objects = types.filter(isObjectType).map((type) => [type.name, fieldResolvers(type)]);
  return Object.fromEntries([...scalars, ...objects]);
}

function fieldResolvers(type: GraphQLObjectType): Record<string, Resolver> {
  const fields = Object.values(type.getFields());
  return Object.fromEntries(fields.flatMap(({ name, resolve }) => (resolve ? [[name, resolve]] : [])));
}
