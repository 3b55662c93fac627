import {
  type ASTNode,
  BREAK,
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  Kind,
  OperationTypeNode,
  typeFromAST,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import { costOf } from './document-limits.js';

/** Excludes directives (graphql-jit errs where fragments meet) and string literals (it copies them into code). */
const compilableKinds: ReadonlySet<string> = new Set([
  Kind.DOCUMENT,
  Kind.OPERATION_DEFINITION,
  Kind.VARIABLE_DEFINITION,
  Kind.VARIABLE,
  Kind.NON_NULL_TYPE,
  Kind.LIST_TYPE,
  Kind.NAMED_TYPE,
  Kind.SELECTION_SET,
  Kind.FIELD,
  Kind.ARGUMENT,
  Kind.FRAGMENT_DEFINITION,
  Kind.FRAGMENT_SPREAD,
  Kind.INLINE_FRAGMENT,
  Kind.NAME,
  Kind.INT,
  Kind.BOOLEAN,
  Kind.ENUM,
]);

/** At a cost of 5,000 a document takes 0.2 s and 3.5 MB to compile. */
const compilableCost = 250;

/** Whether graphql-jit compiles a valid document quickly and executes it like graphql-js. */
export function isCompilable(document: DocumentNode, schema: GraphQLSchema): boolean {
  let compilable = costOf(document) <= compilableCost;
  const enter = (node: ASTNode) => {
    compilable &&= isCompilableNode(node, schema);
    return compilable ? undefined : BREAK;
  };
  visit(document, { enter });
  return compilable;
}

function isCompilableNode(node: ASTNode, schema: GraphQLSchema): boolean {
  if (!compilableKinds.has(node.kind)) return false;
  // a compiled mutation continues after the failure of a non-null field
  if (node.kind === Kind.OPERATION_DEFINITION) return node.operation === OperationTypeNode.QUERY;
  if (node.kind === Kind.VARIABLE_DEFINITION) return isCompilableVariable(node, schema);
  // introspection has no cost, so no limit
  if (node.kind === Kind.FIELD) return !/^__(schema|type)$/.test(node.name.value);
  return node.kind !== Kind.NAME || node.value !== '__proto__';
}

/** graphql-jit ignores defaults of non-null types, in variables and in their input objects. */
function isCompilableVariable({ type, defaultValue }: VariableDefinitionNode, schema: GraphQLSchema): boolean {
  return defaultValue === undefined && !isInputObjectType(getNamedType(typeFromAST(schema, type)));
}
