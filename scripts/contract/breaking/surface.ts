import { type JsonSchema, schemaChanges } from './schema-changes.js';

/** What clients of a JSON document rely on: the same for OpenAPI and AsyncAPI. */
export interface Endpoint {
  /** Must stay as they are, where both sides have them. */
  readonly facts: Readonly<Record<string, string>>;
  /** All that goes in, as fields of one object. */
  readonly input: JsonSchema;
  /** All that comes out of a success, as fields of one object. */
  readonly output: JsonSchema;
}

export interface Surface {
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  /** The whole document, for `$ref`. */
  readonly root: unknown;
}

/** Breaking changes for a client of `before`; additions are none. */
export function surfaceChanges(before: Surface, after: Surface): string[] {
  return Object.entries(before.endpoints).flatMap(([name, old]) => {
    const current = after.endpoints[name];
    if (!current) return [`${name} is gone`];
    const roots = { before: before.root, after: after.root };
    return [
      ...factChanges(old.facts, current.facts),
      ...schemaChanges(old.input, current.input, { direction: 'input', ...roots }),
      ...schemaChanges(old.output, current.output, { direction: 'output', ...roots }),
    ].map((change) => `${name}: ${change}`);
  });
}

const factChanges = (before: Endpoint['facts'], after: Endpoint['facts']): string[] =>
  Object.entries(before).flatMap(([fact, value]) => {
    const current = after[fact];
    return current === undefined || current === value ? [] : [`${fact} was ${value}, is ${current}`];
  });
