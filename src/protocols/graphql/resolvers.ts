import type { GraphQLFieldResolver, GraphQLScalarType } from 'graphql';
import type { Failure } from '../../contract/failure.js';
import type { OperationDescriptor } from '../../contract/module.js';
import type { Page } from '../../contract/pagination.js';
import type { Relation } from '../../contract/relation.js';
import { fold, type ObjectShape } from '../../contract/shape.js';
import { Call } from '../../pipeline/call.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { Bus } from '../../ports/bus.js';
import { argumentsDecoder } from './arguments-decoder.js';
import type { GraphqlScope } from './graphql-scope.js';
import { RelatedRows } from './related-rows.js';
import { type RelationField, relationFields } from './relation-fields.js';
import { scalarTypes } from './scalars.js';

type Resolver = GraphQLFieldResolver<unknown, GraphqlScope>;
type Resolvers = Record<string, Record<string, Resolver> | GraphQLScalarType>;

/** Only for root fields, maps and relations: the engines inline plain property reads. */
export function operationResolvers(
  operations: readonly OperationDescriptor[],
  relations: readonly Relation[],
  pipeline: Pipeline,
  bus: Bus,
): Resolvers {
  const roots = { query: {} as Record<string, Resolver>, command: {} as Record<string, Resolver> };
  const related = relationFields(relations);
  const types = new ObjectResolvers((name) => related.get(name) ?? [], pipeline, bus);
  for (const operation of operations) {
    Object.assign(roots[operation.kind], rootResolvers(operation, pipeline));
    if (operation.output) types.add(operation.output);
  }
  return {
    ...Object.fromEntries(scalarTypes.map((type) => [type.name, type])),
    ...types.resolvers,
    Query: roots.query,
    ...(Object.keys(roots.command).length > 0 && { Mutation: roots.command }),
  };
}

const done = (): boolean => true;
const items = (value: unknown): unknown => (value as Page<unknown>).items;

function rootResolvers(operation: OperationDescriptor, pipeline: Pipeline): Record<string, Resolver> {
  const { wire, output } = operation;
  if (!output) return { [wire.graphql]: rootResolver(operation, pipeline, done) };
  if (!output.page) return { [wire.graphql]: rootResolver(operation, pipeline) };
  return {
    [wire.graphql]: rootResolver(operation, pipeline, items),
    [`${wire.graphql}Page`]: rootResolver(operation, pipeline),
  };
}

function rootResolver(
  operation: OperationDescriptor,
  pipeline: Pipeline,
  read?: (value: unknown) => unknown,
): Resolver {
  const decode = argumentsDecoder(operation.input);
  const execute = (args: unknown, scope: GraphqlScope) =>
    new Promise((resolve, reject) => {
      pipeline.run(new Call(operation, scope.begin(operation), args, decode), {
        resolve: (value) => {
          scope.end();
          resolve(value);
        },
        reject: (failure: Failure) => {
          scope.end();
          reject(scope.failed(failure));
        },
      });
    });
  if (!read) return (_root, args, scope) => execute(args, scope);
  return (_root, args, scope) => execute(args, scope).then(read);
}

const objectsIn = fold<readonly ObjectShape[]>({
  leaf: () => [],
  list: (item) => item,
  map: (value) => value,
  object: (fields, shape) => [shape, ...fields.flatMap(({ inner }) => inner)],
});

class ObjectResolvers {
  readonly resolvers: Record<string, Record<string, Resolver>> = {};
  readonly #seen = new Set<string>();

  constructor(
    private readonly relationsOf: (type: string) => readonly RelationField[],
    private readonly pipeline: Pipeline,
    private readonly bus: Bus,
  ) {}

  add(output: ObjectShape): void {
    for (const shape of objectsIn(output)) if (!this.#seen.has(shape.name)) this.#addObject(shape);
  }

  #addObject({ name, fields }: ObjectShape): void {
    this.#seen.add(name);
    const maps = fields.filter(({ shape }) => shape.type === 'map');
    const relations = this.relationsOf(name);
    for (const { target } of relations) this.add(target);
    if (maps.length + relations.length === 0) return;
    this.resolvers[name] = Object.fromEntries([
      ...maps.map((field) => [field.name, entriesOf(field.name)]),
      ...relations.map((field) => [field.name, relatedBy(field, new RelatedRows(field, this.pipeline, this.bus))]),
    ]);
  }
}

const entriesOf =
  (name: string): Resolver =>
  (source) => {
    const map = (source as Record<string, Record<string, unknown>>)[name] ?? {};
    return Object.entries(map).map(([key, value]) => ({ key, value }));
  };

const relatedBy =
  ({ from }: RelationField, rows: RelatedRows): Resolver =>
  (source, _args, scope) => {
    const id = (source as Record<string, string | undefined>)[from];
    return id === undefined ? undefined : scope.related(rows, id);
  };
