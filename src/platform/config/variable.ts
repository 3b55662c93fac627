import { z } from 'zod';

export interface Variable {
  readonly name: string;
  readonly about: string;
  /** Completes `Set it to …` in messages. */
  readonly expected: string;
  readonly default?: string;
  /** Default that depends on the process; `about` explains it. */
  readonly fallback?: string;
  /** Never shown; may come from the file named by `<name>_FILE`. URLs count: they contain passwords. */
  readonly secret?: boolean;
  readonly required?: boolean;
  /** What else would do when it is required: completes `or …`. */
  readonly alternative?: string;
  readonly needs?: string;
  readonly excludes?: readonly string[];
  /** Without effect in this version; says what happens instead. */
  readonly reserved?: string;
}

type Described = Omit<Variable, 'name' | 'expected'>;

const registry = z.registry<Variable>();

export function variable<T extends z.ZodType>(name: string, schema: T, described: Described): T {
  const { description } = schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
  const leaf = schema.clone();
  registry.add(leaf, { name, expected: description ?? 'some text', ...described });
  return leaf;
}

function membersOf(group: z.ZodType): Readonly<Record<string, z.ZodType>> {
  if (group instanceof z.ZodOptional) return membersOf(group.unwrap() as z.ZodType);
  if (group instanceof z.ZodPipe) return membersOf(group.in as z.ZodType);
  return (group as z.ZodObject<Record<string, z.ZodType>>).shape;
}

export function variablesOf(schema: z.ZodType): readonly Variable[] {
  const variable = registry.get(schema);
  return variable ? [variable] : Object.values(membersOf(schema)).flatMap(variablesOf);
}

/** The text of each variable, by key. */
export function inputOf(schema: z.ZodType, textOf: (variable: Variable) => string | undefined): unknown {
  const variable = registry.get(schema);
  if (variable) return textOf(variable);
  const members = Object.entries(membersOf(schema));
  return Object.fromEntries(members.map(([key, member]) => [key, inputOf(member, textOf)]));
}

export function variableAt(schema: z.ZodType, [key, ...rest]: readonly PropertyKey[]): Variable {
  const variable = registry.get(schema);
  return variable ?? variableAt(membersOf(schema)[String(key)] as z.ZodType, rest);
}
