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

/** Not directives, which graphql-jit gets wrong where fragments meet, nor string literals, which it writes into the code it runs. */
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

/** Compiling a document of cost 5,000 takes 0.2 s and 3.5 MB. */
const compilableCost = 250;

/** Whether graphql-jit compiles a valid document fast and answers it as graphql-js does. */
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
  // a compiled mutation runs the next field after the failure of a non-null one
  if (node.kind === Kind.OPERATION_DEFINITION) return node.operation === OperationTypeNode.QUERY;
  if (node.kind === Kind.VARIABLE_DEFINITION) return isCompilableVariable(node, schema);
  // introspection costs nothing, so nothing bounds it
  if (node.kind === Kind.FIELD) return !/^__(schema|type)$/.test(node.name.value);
  return node.kind !== Kind.NAME || node.value !== '__proto__';
}

/** graphql-jit loses defaults where the type has a `!`, in the variable or within its input object. */
function isCompilableVariable({ type, defaultValue }: VariableDefinitionNode, schema: GraphQLSchema): boolean {
  return defaultValue === undefined && !isInputObjectType(getNamedType(typeFromAST(schema, type)));
}
