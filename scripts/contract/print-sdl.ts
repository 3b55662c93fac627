import { type GraphQLNamedType, parse, print, printType, visit } from 'graphql';
import type { OperationDescriptor } from '../../src/contract/module.js';
import type { Relation } from '../../src/contract/relation.js';
import { graphqlSchema, isDeclared } from '../../src/protocols/graphql/graphql-schema.js';

/** Root types first; the same for any order of operations. */
export function printSdl(operations: readonly OperationDescriptor[], relations: readonly Relation[] = []): string {
  const { Query, Mutation, ...others } = graphqlSchema(operations, relations).getTypeMap();
  const sorted = Object.values(others).sort((a, b) => (a.name < b.name ? -1 : 1));
  const printed = [Query, Mutation, ...sorted].filter((type) => type !== undefined && isDeclared(type));
  const document = parse(printed.map((type) => printType(type as GraphQLNamedType)).join('\n'));
  const withLineDescriptions = visit(document, { StringValue: (node) => ({ ...node, block: false }) });
  return `${print(withLineDescriptions)}\n`;
}
