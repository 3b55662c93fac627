import { InvalidArgument, MalformedRequest } from '../../contract/built-in-failures.js';
import { failure } from '../../contract/failure.js';
import { isObject, type JsonObject } from '../../contract/json-codec.js';
import { parseJson } from '../../contract/parse-json.js';

export class InvalidDocument extends InvalidArgument {}

/** Clients of persisted queries recognize this message or code, and then send the query itself. */
export class PersistedQueryNotSupported extends failure(
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'invalid_argument',
  'PersistedQueryNotSupported',
) {}

export interface GraphqlRequest {
  readonly query: string;
  readonly variables: JsonObject | undefined;
  readonly operationName: string | undefined;
}

const malformed = (detail: string) => new MalformedRequest({ detail });

function checkExtensions({ query, extensions }: JsonObject): void {
  if (extensions === undefined || extensions === null) return;
  if (!isObject(extensions)) throw malformed('"extensions" is an object');
  if (!query && isObject(extensions.persistedQuery)) throw new PersistedQueryNotSupported();
}

function readQuery({ query }: JsonObject, characters: number): string {
  if (typeof query !== 'string' || query === '') throw malformed('A request has a "query": text in GraphQL');
  if (query.length > characters) {
    throw new InvalidDocument({ detail: `The query has ${query.length} characters, the limit is ${characters}` });
  }
  return query;
}

function readVariables({ variables }: JsonObject): GraphqlRequest['variables'] {
  if (variables === undefined || variables === null) return undefined;
  if (!isObject(variables)) throw malformed('"variables" is an object');
  return Object.keys(variables).length === 0 ? undefined : variables;
}

const maxNameLength = 255;

/** Names that are not in the query are refused: the name is part of a cache key. */
function readOperationName({ operationName }: JsonObject, query: string): string | undefined {
  if (operationName === undefined || operationName === null || operationName === '') return undefined;
  if (typeof operationName !== 'string') throw malformed('"operationName" is a name');
  const { length } = operationName;
  if (length > maxNameLength) {
    throw new InvalidDocument({ detail: `The operationName has ${length} characters, the limit is ${maxNameLength}` });
  }
  if (!/^[_A-Za-z]\w*$/.test(operationName)) throw malformed('"operationName" is a name');
  if (query.includes(operationName)) return operationName;
  throw new InvalidDocument({ detail: 'The query has no operation of this name' });
}

export function readGraphqlRequest(body: unknown, characters: number): GraphqlRequest {
  if (!isObject(body)) throw malformed('A request is a JSON object with a "query"');
  checkExtensions(body);
  const query = readQuery(body, characters);
  return { query, variables: readVariables(body), operationName: readOperationName(body, query) };
}

function parameter(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return undefined;
  try {
    return parseJson(value);
  } catch {
    throw malformed(`"${name}" is a JSON object`);
  }
}

export function readQueryString(given: unknown, characters: number): GraphqlRequest {
  const { query, operationName, variables, extensions } = given as JsonObject;
  const body = {
    query,
    operationName,
    variables: parameter('variables', variables),
    extensions: parameter('extensions', extensions),
  };
  return readGraphqlRequest(body, characters);
}
