import {
  GraphQLBoolean,
  GraphQLEnumType,
  type GraphQLFieldConfig,
  type GraphQLFieldResolver,
  GraphQLFloat,
  GraphQLID,
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  type GraphQLNullableType,
  GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLScalarType,
  GraphQLString,
  printType,
} from 'graphql';
import {
  type EnumShape,
  emptyIsEnough,
  type FoldedField,
  fold,
  foldFields,
  type MapShape,
  type ObjectShape,
  type ScalarShape,
  type ScalarType,
} from '../../contract/shape.js';
import { argumentsEncoder } from './arguments-codec.js';
import type { GraphqlScope } from './graphql-scope.js';
import type { RelationField } from './relation-fields.js';
import { DateTime, SafeInt } from './scalars.js';

type OutputField = GraphQLFieldConfig<unknown, GraphqlScope>;
type NullableInput = GraphQLScalarType | GraphQLEnumType | GraphQLInputObjectType | GraphQLList<GraphQLInputType>;
type NullableOutput = GraphQLScalarType | GraphQLEnumType | GraphQLObjectType | GraphQLList<GraphQLOutputType>;

const scalars: Readonly<Record<ScalarType, GraphQLScalarType>> = {
  text: GraphQLString,
  id: GraphQLID,
  timestamp: DateTime,
  boolean: GraphQLBoolean,
  int32: GraphQLInt,
  int64: SafeInt,
  double: GraphQLFloat,
};

const rootTypes: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

/** The types of all shapes. Throws TypeError for two types of one name. */
export class GraphqlTypes {
  readonly #named = new Map<string, GraphQLNamedType>(Object.values(scalars).map((type) => [type.name, type]));
  /** Relation targets: may refer back to a type that is not complete yet. */
  readonly #related = new Set<string>();

  constructor(private readonly relations: readonly RelationField[] = []) {}

  readonly input = fold<NullableInput>({
    leaf: (shape) => this.#leaf(shape),
    list: listOf,
    map: (value, shape) => {
      const name = `${entryName(shape, value)}Input`;
      return listOf(this.#define(new GraphQLInputObjectType({ name, fields: entryFields(value) })));
    },
    object: (fields, { name, oneOf: isOneOf, description }) => {
      const config = { name: `${name}Input`, description, isOneOf, fields: byName(fields, inputField) };
      return this.#define(new GraphQLInputObjectType(config));
    },
  });

  readonly output = fold<NullableOutput>({
    leaf: (shape) => this.#leaf(shape),
    list: listOf,
    map: (value, shape) =>
      listOf(this.#define(new GraphQLObjectType({ name: entryName(shape, value), fields: entryFields(value) }))),
    object: (inner, { name, oneOf, description }) => {
      const notes = [description, oneOf ? 'Exactly one field is set.' : undefined];
      const related = this.relations.filter(({ view }) => view === name);
      const fields = () => ({
        ...byName(inner, outputField),
        ...byName(related, (field) => this.#relationField(field)),
      });
      const text = notes.filter((note) => note !== undefined).join(' ') || undefined;
      return this.#define(new GraphQLObjectType({ name, description: text, fields }));
    },
  });

  arguments(input: ObjectShape): Readonly<Record<string, GraphQLInputFieldConfig>> {
    return byName(foldFields(this.input, input), inputField);
  }

  #leaf(shape: ScalarShape | EnumShape): GraphQLScalarType | GraphQLEnumType {
    if (shape.type !== 'enum') return scalars[shape.type];
    const values = Object.fromEntries(shape.values.map((value) => [value, {}]));
    return this.#define(new GraphQLEnumType({ name: shape.name, values }));
  }

  #relationField(field: RelationField): OutputField {
    const { from, target, description } = field;
    if (!this.#related.has(target.name)) {
      this.#related.add(target.name);
      this.output(target);
    }
    return {
      type: this.#named.get(target.name) as GraphQLObjectType,
      description,
      resolve: (source, _args, scope) => {
        const id = (source as Record<string, string | undefined>)[from];
        return id === undefined ? undefined : scope.related(field, id);
      },
    };
  }

  #define<T extends GraphQLNamedType>(type: T): T {
    const known = this.#named.get(type.name);
    if (rootTypes.has(type.name) || (known && printType(known) !== printType(type))) {
      throw new TypeError(`two GraphQL types are called ${type.name}`);
    }
    this.#named.set(type.name, known ?? type);
    return (known ?? type) as T;
  }
}

const listOf = <T extends GraphQLNullableType>(item: T): GraphQLList<GraphQLNonNull<T>> =>
  new GraphQLList(required(item));
const required = <T extends GraphQLNullableType>(type: T): GraphQLNonNull<T> => new GraphQLNonNull(type);

const entryName = ({ value }: MapShape, type: GraphQLNullableType): string =>
  `${value.type === 'object' ? value.name : type}Entry`;

const entryFields = <T extends GraphQLNullableType>(value: T) => ({
  key: { type: required(GraphQLString) },
  value: { type: required(value) },
});

const byName = <F extends { readonly name: string }, T>(fields: readonly F[], define: (field: F) => T) =>
  Object.fromEntries(fields.map((field) => [field.name, define(field)]));

function inputField(field: FoldedField<NullableInput>): GraphQLInputFieldConfig {
  const { shape, inner, optional, default: preset, description } = field;
  const isOptional = optional || emptyIsEnough(shape);
  const absent = isOptional && !optional ? [] : undefined;
  const defaultValue = preset === undefined ? absent : argumentsEncoder(shape)(preset);
  return { type: isOptional ? inner : required(inner), defaultValue, description };
}

function outputField({
  name,
  shape,
  inner,
  optional,
  default: preset,
  description,
}: FoldedField<NullableOutput>): OutputField {
  const type = optional && preset === undefined ? inner : required(inner);
  return { type, description, ...(shape.type === 'map' && { resolve: entriesIn(name) }) };
}

const entriesIn =
  (name: string): GraphQLFieldResolver<unknown, GraphqlScope> =>
  (source) => {
    const map = (source as Record<string, Record<string, unknown>>)[name] ?? {};
    return Object.entries(map).map(([key, value]) => ({ key, value }));
  };
