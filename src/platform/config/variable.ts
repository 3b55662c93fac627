import { z } from 'zod';

export interface Variable {
  readonly name: string;
  readonly about: string;
  /** Completes `Set it to …` in messages. */
  readonly expected: string;
  /** The text that is used if the variable is not set. */
  readonly default?: string;
  /** The same if it depends on the process, as `about` explains. */
  readonly fallback?: string;
  /** Never shown; may come from the file named by `<name>_FILE`. URLs count, because they hold passwords. */
  readonly secret?: boolean;
  /** The process does not start without it. */
  readonly required?: boolean;
  /** What can be done instead if it is required: completes `or …`. */
  readonly alternative?: string;
  /** A variable that must be set too. */
  readonly needs?: string;
  /** Variables that must not be set together with it. */
  readonly excludes?: readonly string[];
  /** It has no effect in this version; what happens instead. */
  readonly reserved?: string;
}

type Described = Omit<Variable, 'name' | 'expected'>;

const registry = z.registry<Variable>();

/** A schema that knows its variable. Its description becomes `expected`. */
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

/** All variables in a group of schemas and the groups in it. */
export function variablesOf(schema: z.ZodType): readonly Variable[] {
  const variable = registry.get(schema);
  return variable ? [variable] : Object.values(membersOf(schema)).flatMap(variablesOf);
}

/** The input of a group: the text of each variable. */
export function inputOf(schema: z.ZodType, textOf: (variable: Variable) => string | undefined): unknown {
  const variable = registry.get(schema);
  if (variable) return textOf(variable);
  const members = Object.entries(membersOf(schema));
  return Object.fromEntries(members.map(([key, member]) => [key, inputOf(member, textOf)]));
}

/** The variable at the path of an issue. */
export function variableAt(schema: z.ZodType, [key, ...rest]: readonly PropertyKey[]): Variable {
  const variable = registry.get(schema);
  return variable ?? variableAt(membersOf(schema)[String(key)] as z.ZodType, rest);
}
