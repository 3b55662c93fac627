import { jsonSchemaOf } from '../../contract/json-schema.js';
import type { EnumShape, Field, MapShape, ObjectShape, ScalarType, Shape } from '../../contract/shape.js';
import { literal } from './literal.js';
import type { RelationField, RelationFields } from './relation-fields.js';
import { scalarTypes } from './scalars.js';

/** Nested input objects are called `…Input`. */
type Direction = 'input' | 'output';

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

/** The named types that references need, each defined once. */
export class TypeDefinitions {
  readonly #definitions = new Map<string, string>(
    scalarTypes.map(({ name, description, specifiedByURL }) => [
      name,
      `${JSON.stringify(description)} scalar ${name} @specifiedBy(url: ${JSON.stringify(specifiedByURL)})`,
    ]),
  );
  /** Types whose fields are being printed: relations may lead back to them. */
  readonly #begun = new Set<string>();

  constructor(private readonly relations: RelationFields = new Map()) {}

  /** `[Point!]`; the `!` of the whole is the caller's. */
  reference(shape: Shape, direction: Direction): string {
    if (shape.type === 'list') return `[${this.reference(shape.item, direction)}!]`;
    if (shape.type === 'map') return `[${this.#entry(shape, direction)}!]`;
    if (shape.type === 'enum') return this.#enum(shape);
    return shape.type === 'object' ? this.#object(shape, direction) : scalarNames[shape.type];
  }

  inputFields({ fields }: ObjectShape): string {
    return fields.map((field) => this.#inputField(field)).join('\n');
  }

  sorted(): string[] {
    return [...this.#definitions.keys()].sort().map((name) => this.#definitions.get(name) ?? '');
  }

  #object(shape: ObjectShape, direction: Direction): string {
    return direction === 'input' ? this.#inputObject(shape) : this.#outputObject(shape);
  }

  #inputObject(shape: ObjectShape): string {
    const name = `${shape.name}Input`;
    const head = `${described(shape.description)}input ${name}${shape.oneOf ? ' @oneOf' : ''}`;
    return this.#define(name, `${head} { ${this.inputFields(shape)} }`);
  }

  #outputObject({ name, fields, oneOf, description }: ObjectShape): string {
    const notes = [description, oneOf ? 'Exactly one field is set.' : undefined].filter((note) => note !== undefined);
    const head = `${described(notes.length > 0 ? notes.join(' ') : undefined)}type ${name}`;
    this.#begun.add(name);
    const own = fields.map((field) => this.#outputField(field));
    const related = (this.relations.get(name) ?? []).map((field) => this.#relationField(field));
    return this.#define(name, `${head} { ${[...own, ...related].join('\n')} }`);
  }

  #relationField({ name, target, description }: RelationField): string {
    const type = this.#begun.has(target.name) ? target.name : this.reference(target, 'output');
    return `${described(description)}${name}: ${type}`;
  }

  #outputField({ name, shape, optional, default: preset, description }: Field): string {
    const nullable = optional && preset === undefined;
    return `${described(description)}${name}: ${this.reference(shape, 'output')}${nullable ? '' : '!'}`;
  }

  #inputField({ name, shape, optional, default: preset, description }: Field): string {
    const given = `${described(description)}${name}: ${this.reference(shape, 'input')}`;
    if (preset !== undefined) return `${given} = ${literal(shape, preset)}`;
    if (optional) return given;
    const emptyIsEnough = shape.type === 'map' || (shape.type === 'list' && !jsonSchemaOf(shape, 'input').minItems);
    return emptyIsEnough ? `${given} = []` : `${given}!`;
  }

  #enum({ name, values }: EnumShape): string {
    return this.#define(name, `enum ${name} { ${values.join(' ')} }`);
  }

  /** `PointEntry { key, value }`, named after the type of the value. */
  #entry({ value }: MapShape, direction: Direction): string {
    const isInput = direction === 'input';
    const name = `${this.#nameOf(value)}Entry${isInput ? 'Input' : ''}`;
    const fields = `key: String! value: ${this.reference(value, direction)}!`;
    return this.#define(name, `${isInput ? 'input' : 'type'} ${name} { ${fields} }`);
  }

  #nameOf(value: MapShape['value']): string {
    return value.type === 'object' || value.type === 'enum' ? value.name : scalarNames[value.type];
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
