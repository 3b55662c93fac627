import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { InvalidArgument } from '../../contract/built-in-failures.js';
import { Failure } from '../../contract/failure.js';
import type { GraphqlScope } from './graphql-scope.js';

/** Null for a non-null argument: both engines report it in execution, as an error of the field. */
const argumentError = /^Argument "\w+" (of|has) /;

const suggestion = / ?Did you mean .*$/s;

/** Request errors of the GraphQL specification: caused by the query or its variables, not by a resolver. */
function isRequestError({ originalError, path, message }: GraphQLError): boolean {
  if (originalError !== undefined && !(originalError instanceof GraphQLError)) return false;
  return path === undefined || argumentError.test(message);
}

function toFailure(error: GraphQLError, scope: GraphqlScope): Failure {
  if (error.originalError instanceof Failure) return error.originalError;
  if (isRequestError(error)) return new InvalidArgument({ detail: error.message.replace(suggestion, '') });
  return scope.toFailure(error.originalError ?? error);
}

export function wireError(
  { message, code, issues }: Failure,
  scope: GraphqlScope,
  { locations, path }: Pick<GraphQLFormattedError, 'locations' | 'path'> = {},
): GraphQLFormattedError {
  const extensions = { code, ...(issues && { details: issues }), trace_id: scope.context.trace.traceId };
  return { message, ...(locations && { locations }), ...(path && { path }), extensions };
}

export const wireErrors = (errors: readonly GraphQLError[], scope: GraphqlScope) =>
  errors.map((error) => wireError(toFailure(error, scope), scope, error));
