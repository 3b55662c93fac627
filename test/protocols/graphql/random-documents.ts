import fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

export interface RandomRequest {
  readonly query: string;
  readonly operationName: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface Features {
  readonly mutations: boolean;
  /** `@skip` and `@include`. */
  readonly conditions: boolean;
  readonly operations: number;
  /** Literals of every type and presets of variables, beside whole numbers, booleans and enum values. */
  readonly literals: boolean;
  /** Fields that are not asked for. */
  readonly without: readonly string[];
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly declaration: string;
  readonly value: unknown;
}

/** Text, and the variables it uses. */
interface Part {
  readonly text: string;
  readonly uses: ReadonlySet<Variable>;
}

interface Fragment extends Part {
  readonly name: string;
  readonly on: string;
}

const depth = 4;

/** Objects have them by themselves. */
const treacherousNames = ['toString', 'constructor', '__proto__'];

const join = (parts: readonly Part[], separator = ' '): Part => ({
  text: parts.map(({ text }) => text).join(separator),
  uses: new Set(parts.flatMap(({ uses }) => [...uses])),
});
const plain = (text: string): Part => ({ text, uses: new Set() });

/** Writes one document by what was drawn; when that is used up, the least there is. The same name of an answer always has the same field and arguments. */
class Writer {
  readonly #fragments: Fragment[] = [];
  readonly #variables = new Map<string, Variable>();
  readonly #arguments = new Map<string, Part>();
  #drawn = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly draws: readonly number[],
    private readonly features: Features,
  ) {}

  write(): RandomRequest {
    const names = ['A', 'B'].slice(0, this.#upTo(1, this.features.operations));
    const operations = names.map((name) => this.#operation(name));
    return {
      query: [...operations, ...this.#fragments.map(({ text }) => text)].join('\n'),
      operationName: this.#one(names),
      variables: Object.fromEntries(
        [...this.#variables.values()].flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
      ),
    };
  }

  #operation(name: string): string {
    const mutation = this.features.mutations && this.#chance(4) ? this.schema.getMutationType() : undefined;
    const root = mutation ?? this.schema.getQueryType();
    if (!root) throw new Error('a schema has a query type');
    const { text, uses } = this.#selections(root, depth);
    const declared = uses.size > 0 ? `(${[...uses].map(({ declaration }) => declaration).join(', ')})` : '';
    return `${mutation ? 'mutation' : 'query'} ${name}${declared} ${text}`;
  }

  #selections(type: GraphQLObjectType, levels: number): Part {
    const selections = Array.from({ length: this.#upTo(1, 4) }, () => this.#selection(type, levels));
    const { text, uses } = join(selections);
    return { text: `{ ${text} }`, uses };
  }

  #selection(type: GraphQLObjectType, levels: number): Part {
    const kind = levels > 0 ? this.#upTo(0, 9) : 0;
    if (kind < 6) return this.#field(type, levels);
    if (kind < 8) return this.#spread(type, levels);
    const on = kind === 8 ? ` on ${type.name}` : '';
    return join([plain(`...${on}`), this.#condition(), this.#selections(type, levels - 1)]);
  }

  #spread(type: GraphQLObjectType, levels: number): Part {
    const known = this.#fragments.filter(({ on }) => on === type.name);
    const fragment = known.length > 0 && this.#chance(2) ? this.#one(known) : this.#fragment(type, levels);
    return join([{ text: `...${fragment.name}`, uses: fragment.uses }, this.#condition()]);
  }

  #fragment(type: GraphQLObjectType, levels: number): Fragment {
    const { text, uses } = this.#selections(type, levels - 1);
    const name = `F${this.#fragments.length}`;
    const fragment = { name, on: type.name, text: `fragment ${name} on ${type.name} ${text}`, uses };
    this.#fragments.push(fragment);
    return fragment;
  }

  #field(type: GraphQLObjectType, levels: number): Part {
    const fields = Object.values(type.getFields()).filter(
      (each) => !this.features.without.includes(each.name) && (levels > 0 || !isObjectType(getNamedType(each.type))),
    );
    if (fields.length === 0 || this.#chance(8)) {
      return join([plain(this.#one(['__typename', 'kind: __typename'])), this.#condition()]);
    }
    const field = this.#one(fields);
    const [first] = Object.keys(type.getFields());
    const names = ['', '', `a_${field.name}`, `b_${field.name}`, ...(field.name === first ? treacherousNames : [])];
    const alias = this.#one(names);
    const inner = getNamedType(field.type);
    return join([
      plain(alias ? `${alias}: ${field.name}` : field.name),
      this.#argumentsOf(`${type.name}.${alias || field.name}`, field),
      this.#condition(),
      ...(isObjectType(inner) ? [this.#selections(inner, levels - 1)] : []),
    ]);
  }

  #argumentsOf(key: string, { args }: GraphQLField<unknown, unknown>): Part {
    const known = this.#arguments.get(key);
    if (known) return known;
    const given = args.filter(({ type }) => isNonNullType(type) || this.#chance(2)).map((each) => this.#argument(each));
    const { text, uses } = join(given, ', ');
    const part = { text: text && `(${text})`, uses };
    this.#arguments.set(key, part);
    return part;
  }

  #argument({ name, type, defaultValue }: GraphQLArgument): Part {
    const value =
      this.#canBeLiteral(type) && this.#chance(2)
        ? this.#literal(type)
        : this.#variable(type, defaultValue !== undefined);
    return { text: `${name}: ${value.text}`, uses: value.uses };
  }

  #canBeLiteral(type: GraphQLInputType): boolean {
    const inner = getNullableType(type);
    return this.features.literals || isEnumType(inner) || String(inner) === 'Int' || String(inner) === 'Boolean';
  }

  #literal(type: GraphQLInputType): Part {
    const inner = getNullableType(type);
    if (this.features.literals && !isNonNullType(type) && this.#chance(8)) return plain('null');
    if (this.features.literals && !isListType(inner) && this.#chance(8)) return this.#variable(type, false);
    if (isEnumType(inner)) return plain(this.#one(inner.getValues()).name);
    if (isListType(inner)) {
      if (this.#chance(4)) return this.#literal(inner.ofType);
      const { text, uses } = join(
        Array.from({ length: this.#upTo(0, 2) }, () => this.#literal(inner.ofType)),
        ', ',
      );
      return { text: `[${text}]`, uses };
    }
    if (isInputObjectType(inner)) {
      const fields = Object.values(inner.getFields()).filter((each) => isNonNullType(each.type) || this.#chance(3));
      const { text, uses } = join(
        fields.map(({ name, type: of }) => join([plain(`${name}:`), this.#literal(of)])),
        ', ',
      );
      return { text: `{ ${text} }`, uses };
    }
    return plain(JSON.stringify(this.#scalar(String(inner))));
  }

  /** For a place of this type; where the place has a preset it may be nullable. */
  #variable(type: GraphQLInputType, hasPreset: boolean): Part {
    const inner = getNullableType(type);
    const needed = isNonNullType(type) && !hasPreset;
    const preset = this.features.literals && this.#chance(4) ? this.#presetOf(inner) : undefined;
    const bang = (needed && preset === undefined) || this.#chance(4) ? '!' : '';
    const declared = `${inner}${bang}${preset === undefined ? '' : ` = ${preset}`}`;
    const key = `${declared}#${this.#upTo(0, 1)}`;
    const known = this.#variables.get(key);
    if (known) return { text: `$${known.name}`, uses: new Set([known]) };
    const name = `v${this.#variables.size}`;
    const absent = (bang === '' || preset !== undefined) && this.#chance(4);
    const value = absent ? undefined : this.#value(inner, bang === '');
    const variable = { name, type: declared, declaration: `$${name}: ${declared}`, value };
    this.#variables.set(key, variable);
    return { text: `$${name}`, uses: new Set([variable]) };
  }

  #presetOf(type: GraphQLInputType): string | undefined {
    if (isInputObjectType(type) || isListType(type)) return undefined;
    return isEnumType(type) ? this.#one(type.getValues()).name : JSON.stringify(this.#scalar(String(type)));
  }

  #value(type: GraphQLInputType, nullable: boolean): unknown {
    if (nullable && this.#chance(8)) return null;
    if (this.#chance(40)) return this.#one<unknown>([5, 'x', [], {}, true, 1.5, null, 2 ** 40]);
    const inner = getNullableType(type);
    if (isEnumType(inner)) return this.#one(inner.getValues()).name;
    if (isListType(inner)) {
      if (this.#chance(4)) return this.#value(inner.ofType, false);
      return Array.from({ length: this.#upTo(0, 2) }, () => this.#value(inner.ofType, !isNonNullType(inner.ofType)));
    }
    if (isInputObjectType(inner)) {
      const fields = Object.values(inner.getFields()).filter((each) => isNonNullType(each.type) || this.#chance(3));
      return Object.fromEntries(fields.map(({ name, type: of }) => [name, this.#value(of, !isNonNullType(of))]));
    }
    return this.#scalar(String(inner));
  }

  #scalar(name: string): unknown {
    if (name === 'Boolean') return this.#chance(2);
    if (name === 'Int' || name === 'SafeInt') return this.#upTo(-2, 5);
    if (name === 'Float') return this.#one([0.5, -1, 3]);
    if (name === 'DateTime') return '2026-01-31T12:00:00.000Z';
    if (name === 'ID') return `00000000-0000-7000-8000-00000000000${this.#upTo(0, 3)}`;
    return this.#one(['', 'a', 'b"\\\n`$']);
  }

  #condition(): Part {
    if (!this.features.conditions || !this.#chance(3)) return plain('');
    const directive = this.#one(['@include', '@skip']);
    if (this.#chance(5)) return plain(`${directive}(if: ${this.#chance(2)})`);
    const { text, uses } = this.#flag();
    return { text: `${directive}(if: ${text})`, uses };
  }

  #flag(): Part {
    const preset = this.features.literals && this.#chance(4) ? ' = true' : '';
    const declared = `Boolean!${preset}`;
    const key = `${declared}#${this.#upTo(0, 1)}`;
    const name = `v${this.#variables.size}`;
    const value = preset !== '' && this.#chance(2) ? undefined : this.#chance(2);
    const variable = this.#variables.get(key) ?? { name, type: declared, declaration: `$${name}: ${declared}`, value };
    this.#variables.set(key, variable);
    return { text: `$${variable.name}`, uses: new Set([variable]) };
  }

  #one<T>(values: readonly T[]): T {
    return values[this.#upTo(0, values.length - 1)] as T;
  }

  #upTo(min: number, max: number): number {
    return min + ((this.draws[this.#drawn++] ?? 0) % (max - min + 1));
  }

  #chance(of: number): boolean {
    return this.#upTo(1, of) === of;
  }
}

/** Valid documents for this schema, with values for their variables that are mostly valid. */
export const randomRequest = (schema: GraphQLSchema, features: Features): fc.Arbitrary<RandomRequest> =>
  fc.array(fc.nat(9_999), { maxLength: 300, size: 'max' }).map((draws) => new Writer(schema, draws, features).write());
