import { MalformedRequest } from '../../contract/built-in-failures.js';
import { isObject } from '../../contract/json-codec.js';
import { parseJson } from '../../contract/parse-json.js';
import { InvalidDocument, PersistedQueryNotSupported } from './request-faults.js';

export interface GraphqlRequest {
  readonly query: string;
  /** Absent when there are none: the engine then need not look at them. */
  readonly variables: Record<string, unknown> | undefined;
  readonly operationName: string | undefined;
}

type Values = Readonly<Record<string, unknown>>;

const malformed = (detail: string) => new MalformedRequest({ detail });

function checkExtensions({ query, extensions }: Values): void {
  if (extensions === undefined || extensions === null) return;
  if (!isObject(extensions)) throw malformed('"extensions" is an object');
  if (!query && isObject(extensions.persistedQuery)) throw new PersistedQueryNotSupported();
}

function readQuery({ query }: Values, characters: number): string {
  if (typeof query !== 'string' || query === '') throw malformed('A request has a "query": text in GraphQL');
  if (query.length > characters) {
    throw new InvalidDocument({ detail: `The query has ${query.length} characters, the limit is ${characters}` });
  }
  return query;
}

function readVariables({ variables }: Values): GraphqlRequest['variables'] {
  if (variables === undefined || variables === null) return undefined;
  if (!isObject(variables)) throw malformed('"variables" is an object');
  return Object.keys(variables).length === 0 ? undefined : variables;
}

const maxNameLength = 255;

/** One that the query does not hold is refused here: the name becomes part of a key that is kept. */
function readOperationName({ operationName }: Values, query: string): string | undefined {
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

/**
 * What a JSON body or a WebSocket message asks for. Throws MalformedRequest, InvalidDocument for a query beyond `characters` and
 * an operation that is not in it, and PersistedQueryNotSupported for a hash in the place of a query.
 */
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

/** The same from the query string of a GET: variables and extensions are JSON. */
export function readQueryString(given: unknown, characters: number): GraphqlRequest {
  const { query, operationName, variables, extensions } = given as Values;
  const body = {
    query,
    operationName,
    variables: parameter('variables', variables),
    extensions: parameter('extensions', extensions),
  };
  return readGraphqlRequest(body, characters);
}
