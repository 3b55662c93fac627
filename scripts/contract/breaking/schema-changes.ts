export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Comparison {
  /** What a client sends may only be admitted more widely, what it gets may only become more certain. */
  readonly direction: 'input' | 'output';
  /** The documents, for `$ref`. */
  readonly before: unknown;
  readonly after: unknown;
}

type Rule = (before: JsonSchema, after: JsonSchema, comparison: Comparison) => string[];

/** What is worse for a client, each with the path of the field. */
export function schemaChanges(before: JsonSchema, after: JsonSchema, comparison: Comparison, path = ''): string[] {
  const old = resolved(before, comparison.before);
  const current = resolved(after, comparison.after);
  const rules = comparison.direction === 'input' ? [identity, narrowing, values] : [identity];
  const own = rules.flatMap((rule) => rule(old, current, comparison));
  return [
    ...own.map((change) => (path === '' ? change : `${path}: ${change}`)),
    ...fieldChanges(old, current, comparison, path),
    ...innerChanges(old, current, comparison, path),
  ];
}

function resolved(schema: JsonSchema, root: unknown): JsonSchema {
  const { $ref, ...rest } = schema;
  if (typeof $ref !== 'string') return schema;
  const target = $ref
    .slice(2)
    .split('/')
    .reduce<unknown>((node, key) => (node as JsonSchema | undefined)?.[key], root);
  return { ...resolved((target ?? {}) as JsonSchema, root), ...rest };
}

/** `format: password` only says how a field is shown. */
const formatOf = ({ format }: JsonSchema) => (format === 'password' ? undefined : format);

const identity: Rule = (before, after) => [
  ...differs('type', before.type, after.type),
  ...differs('format', formatOf(before), formatOf(after)),
  ...differs('const', before.const, after.const),
];

const differs = (what: string, before: unknown, after: unknown): string[] =>
  JSON.stringify(before) === JSON.stringify(after) ? [] : [`${what} was ${shown(before)}, is ${shown(after)}`];

const shown = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value));

const lowerBounds = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const upperBounds = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

const narrowing: Rule = (before, after) => {
  const at = (schema: JsonSchema, bound: string, absent: number) => (schema[bound] as number | undefined) ?? absent;
  const raised = lowerBounds.filter((bound) => at(after, bound, -Infinity) > at(before, bound, -Infinity));
  const lowered = upperBounds.filter((bound) => at(after, bound, Infinity) < at(before, bound, Infinity));
  const pattern = after.pattern === undefined ? [] : differs('pattern', before.pattern, after.pattern);
  return [...raised, ...lowered].flatMap((bound) => differs(bound, before[bound], after[bound])).concat(pattern);
};

const values: Rule = (before, after) => {
  if (after.enum === undefined) return [];
  if (before.enum === undefined) return [`only ${shown(after.enum)} are admitted now`];
  const admitted = after.enum as unknown[];
  return (before.enum as unknown[])
    .filter((value) => !admitted.includes(value))
    .map((value) => `the value ${shown(value)} is gone`);
};

const properties = (schema: JsonSchema) => (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
const required = (schema: JsonSchema) => (schema.required ?? []) as readonly string[];
const inner = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

function fieldChanges(before: JsonSchema, after: JsonSchema, comparison: Comparison, path: string): string[] {
  const [old, current] = [properties(before), properties(after)];
  const common = Object.entries(old).flatMap(([name, schema]) => {
    const now = current[name];
    return now ? schemaChanges(schema, now, comparison, inner(path, name)) : [`${inner(path, name)} is gone`];
  });
  return [...common, ...requirementChanges(before, after, comparison, path)];
}

function requirementChanges(before: JsonSchema, after: JsonSchema, { direction }: Comparison, path: string): string[] {
  if (direction === 'input') {
    const demanded = required(after).filter((name) => !required(before).includes(name));
    return demanded.map((name) => `${inner(path, name)} is required now`);
  }
  const uncertain = required(before).filter((name) => name in properties(after) && !required(after).includes(name));
  return uncertain.map((name) => `${inner(path, name)} may be absent now`);
}

/** Items of a list, keys and values of a map. */
function innerChanges(before: JsonSchema, after: JsonSchema, comparison: Comparison, path: string): string[] {
  return (['items', 'additionalProperties', 'propertyNames'] as const).flatMap((keyword) => {
    const [old, current] = [before[keyword], after[keyword]];
    if (!isSchema(old) || !isSchema(current)) return [];
    return schemaChanges(old, current, comparison, `${path}[${keyword === 'propertyNames' ? 'key' : ''}]`);
  });
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;
