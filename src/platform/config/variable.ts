import { z } from 'zod';

/** How one value of the configuration is set from outside. */
export interface Variable {
  readonly name: string;
  /** What it is for. */
  readonly about: string;
  /** What to do about a wrong or missing value: completes `Set it to …`. */
  readonly expected: string;
  /** The text that stands where the variable is not set. */
  readonly default?: string;
  /** The same where it depends on the process: `about` says how. */
  readonly fallback?: string;
  /** The value is never shown, and may come from the file named by `<name>_FILE`. URLs count: they hold passwords. */
  readonly secret?: boolean;
  /** This process does not start without it. */
  readonly required?: boolean;
  /** What can be done in place of setting it where it is required: completes `or …`. */
  readonly alternative?: string;
  /** The variable that must be set as well. */
  readonly needs?: string;
  /** Variables that must not be set beside it. */
  readonly excludes?: readonly string[];
  /** Reserved for later versions: what happens now in place of its effect. */
  readonly reserved?: string;
}

type Described = Omit<Variable, 'name' | 'expected'>;

const registry = z.registry<Variable>();

/** A value of the configuration: `schema` reads its text, and its description is what is expected of it. */
export function variable<T extends z.ZodType>(name: string, schema: T, described: Described): T {
  const { description } = schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
  const leaf = schema.clone();
  registry.add(leaf, { name, expected: description ?? 'some text', ...described });
  return leaf;
}

/** Of a group, also one that is transformed or optional. */
function membersOf(group: z.ZodType): Readonly<Record<string, z.ZodType>> {
  if (group instanceof z.ZodOptional) return membersOf(group.unwrap() as z.ZodType);
  if (group instanceof z.ZodPipe) return membersOf(group.in as z.ZodType);
  return (group as z.ZodObject<Record<string, z.ZodType>>).shape;
}

/** All variables of a group and the groups in it. */
export function variablesOf(schema: z.ZodType): readonly Variable[] {
  const variable = registry.get(schema);
  return variable ? [variable] : Object.values(membersOf(schema)).flatMap(variablesOf);
}

/** What the group `schema` parses: for each variable its text. */
export function inputOf(schema: z.ZodType, textOf: (variable: Variable) => string | undefined): unknown {
  const variable = registry.get(schema);
  if (variable) return textOf(variable);
  const members = Object.entries(membersOf(schema));
  return Object.fromEntries(members.map(([key, member]) => [key, inputOf(member, textOf)]));
}

/** The variable that an issue of the group `schema` is about. */
export function variableAt(schema: z.ZodType, [key, ...rest]: readonly PropertyKey[]): Variable {
  const variable = registry.get(schema);
  return variable ?? variableAt(membersOf(schema)[String(key)] as z.ZodType, rest);
}
