import { parse, print } from 'graphql';
import type { OperationDescriptor } from '../../contract/module.js';
import type { Relation } from '../../contract/relation.js';
import { relationFields } from './relation-fields.js';
import { described, TypeDefinitions } from './type-definitions.js';

const byName = ([a]: [string, string], [b]: [string, string]): number => (a < b ? -1 : 1);

/** Deterministic for any order of operations. Throws TypeError for two types of one name. */
export function printSdl(operations: readonly OperationDescriptor[], relations: readonly Relation[] = []): string {
  const types = new TypeDefinitions(relationFields(relations));
  const roots = { query: new Map<string, string>(), command: new Map<string, string>() };
  for (const operation of operations) {
    for (const [name, definition] of rootFields(operation, types)) roots[operation.kind].set(name, definition);
  }
  // the Query type is mandatory
  if (roots.query.size === 0) roots.query.set('_empty', '"There is nothing to query here." _empty: Boolean');
  const definitions = [rootType('Query', roots.query), rootType('Mutation', roots.command), ...types.sorted()];
  return `${print(parse(definitions.join('\n')))}\n`;
}

function rootType(name: string, fields: ReadonlyMap<string, string>): string {
  if (fields.size === 0) return '';
  const definitions = [...fields].sort(byName).map(([, definition]) => definition);
  return `type ${name} { ${definitions.join('\n')} }`;
}

/** A page has two fields: only its items, and everything. */
function rootFields({ wire, spec, input, output }: OperationDescriptor, types: TypeDefinitions): [string, string][] {
  const name = wire.graphql;
  const parameters = types.inputFields(input);
  const define = (field: string, result: string): [string, string] => [
    field,
    `${described(spec.description)}${field}${parameters && `(${parameters})`}: ${result}`,
  ];
  if (!output) return [define(name, 'Boolean!')];
  const result = types.output(output);
  const items = output.page ? output.fields.find((field) => field.name === 'items') : undefined;
  if (!items) return [define(name, result)];
  return [define(name, types.output(items.shape)), define(`${name}Page`, result)];
}
