import {
  emptyIsEnough,
  type FoldedField,
  fold,
  foldFields,
  type ObjectShape,
  type ScalarType,
  type ShapeCases,
} from '../../contract/shape.js';
import { literal } from './literal.js';
import type { RelationField, RelationFields } from './relation-fields.js';
import { scalarTypes } from './scalars.js';

const scalarNames: Record<ScalarType, string> = {
  text: 'String',
  id: 'ID',
  timestamp: 'DateTime',
  boolean: 'Boolean',
  int32: 'Int',
  int64: 'SafeInt',
  double: 'Float',
};

const reserved = new Set(['Query', 'Mutation', 'Subscription', ...Object.values(scalarNames)]);

export const described = (description: string | undefined): string =>
  description === undefined ? '' : `${JSON.stringify(description)} `;

export class TypeDefinitions {
  readonly #definitions = new Map<string, string>(
    scalarTypes.map(({ name, description, specifiedByURL }) => [
      name,
      `${JSON.stringify(description)} scalar ${name} @specifiedBy(url: ${JSON.stringify(specifiedByURL)})`,
    ]),
  );
  /** Relation targets: may refer back to a type that is being printed. */
  readonly #related = new Set<string>();

  constructor(private readonly relations: RelationFields = new Map()) {}

  /** Input type without the outer `!`: `[PointInput!]`. */
  readonly input = fold<string>({
    ...this.#cases('Input'),
    object: (fields, { name, oneOf, description }) => {
      const head = `${described(description)}input ${name}Input${oneOf ? ' @oneOf' : ''}`;
      return this.#define(`${name}Input`, `${head} { ${fields.map(inputField).join('\n')} }`);
    },
  });

  readonly output = fold<string>({
    ...this.#cases(''),
    object: (fields, { name, oneOf, description }) => {
      const notes = [description, oneOf ? 'Exactly one field is set.' : undefined].filter((note) => note !== undefined);
      const head = `${described(notes.length > 0 ? notes.join(' ') : undefined)}type ${name}`;
      const related = (this.relations.get(name) ?? []).map((field) => this.#relationField(field));
      return this.#define(name, `${head} { ${[...fields.map(outputField), ...related].join('\n')} }`);
    },
  });

  inputFields(shape: ObjectShape): string {
    return foldFields(this.input, shape).map(inputField).join('\n');
  }

  sorted(): string[] {
    return [...this.#definitions.keys()].sort().map((name) => this.#definitions.get(name) ?? '');
  }

  #cases(suffix: '' | 'Input'): Omit<ShapeCases<string>, 'object'> {
    return {
      leaf: (shape) =>
        shape.type === 'enum'
          ? this.#define(shape.name, `enum ${shape.name} { ${shape.values.join(' ')} }`)
          : scalarNames[shape.type],
      list: (item) => `[${item}!]`,
      map: (type, { value }) => {
        const name = `${value.type === 'object' ? value.name : type}Entry${suffix}`;
        const keyword = suffix === 'Input' ? 'input' : 'type';
        return `[${this.#define(name, `${keyword} ${name} { key: String! value: ${type}! }`)}!]`;
      },
    };
  }

  #relationField({ name, target, description }: RelationField): string {
    if (!this.#related.has(target.name)) {
      this.#related.add(target.name);
      this.output(target);
    }
    return `${described(description)}${name}: ${target.name}`;
  }

  #define(name: string, definition: string): string {
    const known = this.#definitions.get(name);
    if (reserved.has(name) || (known !== undefined && known !== definition)) {
      throw new TypeError(`two GraphQL types are called ${name}`);
    }
    this.#definitions.set(name, definition);
    return name;
  }
}

function outputField({ name, inner, optional, default: preset, description }: FoldedField<string>): string {
  const nullable = optional && preset === undefined;
  return `${described(description)}${name}: ${inner}${nullable ? '' : '!'}`;
}

/** With the outer `!` where required: `[PointInput!]!`. */
export const inputType = ({ inner, shape, optional }: FoldedField<string>): string =>
  optional || emptyIsEnough(shape) ? inner : `${inner}!`;

function inputField(field: FoldedField<string>): string {
  const { name, shape, optional, default: preset, description } = field;
  const declared = `${described(description)}${name}: ${inputType(field)}`;
  if (preset !== undefined) return `${declared} = ${literal(shape)(preset)}`;
  return !optional && emptyIsEnough(shape) ? `${declared} = []` : declared;
}
