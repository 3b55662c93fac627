import type { GraphQLFieldResolver, GraphQLScalarType } from 'graphql';
import type { OperationDescriptor } from '../../contract/module.js';
import type { Page } from '../../contract/pagination.js';
import type { Shape } from '../../contract/shape.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { argumentsDecoder } from './arguments-decoder.js';
import type { GraphqlScope } from './graphql-scope.js';
import { scalarTypes } from './scalars.js';

type Resolver = GraphQLFieldResolver<unknown, GraphqlScope>;
type Resolvers = Record<string, Record<string, Resolver> | GraphQLScalarType>;

/** A resolver for every root field, and for the fields that hold maps; all others read a property, which the engines inline. */
export function operationResolvers(operations: readonly OperationDescriptor[], pipeline: Pipeline): Resolvers {
  const roots = { query: {} as Record<string, Resolver>, command: {} as Record<string, Resolver> };
  const types: Record<string, Record<string, Resolver>> = {};
  for (const operation of operations) {
    Object.assign(roots[operation.kind], rootResolvers(operation, pipeline));
    if (operation.output) addMapFields(operation.output, types);
  }
  return {
    ...Object.fromEntries(scalarTypes.map((type) => [type.name, type])),
    ...types,
    Query: roots.query,
    ...(Object.keys(roots.command).length > 0 && { Mutation: roots.command }),
  };
}

const itself = (value: unknown): unknown => value;
const done = (): boolean => true;
const items = (value: unknown): unknown => (value as Page<unknown>).items;

function rootResolvers(operation: OperationDescriptor, pipeline: Pipeline): Record<string, Resolver> {
  const { wire, output } = operation;
  if (!output) return { [wire.graphql]: rootResolver(operation, pipeline, done) };
  if (!output.page) return { [wire.graphql]: rootResolver(operation, pipeline, itself) };
  return {
    [wire.graphql]: rootResolver(operation, pipeline, items),
    [`${wire.graphql}Page`]: rootResolver(operation, pipeline, itself),
  };
}

function rootResolver(operation: OperationDescriptor, pipeline: Pipeline, read: (value: unknown) => unknown): Resolver {
  const decode = argumentsDecoder(operation.input);
  return (_root, args, scope) => {
    const call = scope.begin(operation);
    return pipeline.execute(operation, call, args, decode).then(
      (value) => {
        scope.end(call);
        return read(value);
      },
      (error: unknown) => {
        throw scope.fail(call, error, operation);
      },
    );
  };
}

function addMapFields(shape: Shape, types: Record<string, Record<string, Resolver>>): void {
  if (shape.type === 'list') addMapFields(shape.item, types);
  if (shape.type === 'map') addMapFields(shape.value, types);
  if (shape.type !== 'object') return;
  for (const field of shape.fields) addMapFields(field.shape, types);
  const maps = shape.fields.filter((field) => field.shape.type === 'map');
  if (maps.length > 0) types[shape.name] = Object.fromEntries(maps.map(({ name }) => [name, entriesOf(name)]));
}

const entriesOf =
  (name: string): Resolver =>
  (source) => {
    const map = (source as Record<string, Record<string, unknown>>)[name] ?? {};
    return Object.entries(map).map(([key, value]) => ({ key, value }));
  };
