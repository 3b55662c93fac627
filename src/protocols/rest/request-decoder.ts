import type { FastifyRequest } from 'fastify';
import type { Issue } from '../../contract/failure.js';
import { asIs, type Decode, isObject, type JsonObject, jsonDecoder, refuseUnknown } from '../../contract/json-codec.js';
import type { RestMapping } from '../../contract/module.js';
import { type Field, fold, type ObjectShape, type Shape } from '../../contract/shape.js';
import { checkQueryString, keyHeaderIssues } from '../http/inbound.js';
import { hasBody } from '../http/unread-input.js';

type Coerce = (value: unknown) => unknown;

const asNumber: Coerce = (value) =>
  typeof value === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) ? Number(value) : value;
const asBoolean: Coerce = (value) => (value === 'true' ? true : value === 'false' ? false : value);

/** Converts text by type; the schema refuses the rest. */
const coercions: Partial<Record<Shape['type'], Coerce>> = {
  int32: asNumber,
  int64: asNumber,
  double: asNumber,
  boolean: asBoolean,
};

/** Undefined for types that a query string cannot represent. */
const coercion = fold<Coerce | undefined>({
  leaf: ({ type }) => coercions[type] ?? asIs,
  list: (item) => item && ((value) => (value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(item))),
  map: () => undefined,
  object: () => undefined,
});

type UrlField = Field & { readonly coerce: Coerce };

const urlFields = ({ name, fields }: ObjectShape): UrlField[] =>
  fields.map((field) => {
    const coerce = coercion(field.shape);
    if (coerce) return { ...field, coerce };
    throw new TypeError(
      `${name}.${field.name}: a query string carries no ${field.shape.type}; use a method with a body`,
    );
  });

function copy(fields: readonly UrlField[], source: JsonObject, target: JsonObject): void {
  for (const { name, wire, coerce } of fields) {
    const value = coerce(source[wire]);
    if (value !== undefined) target[name] = value;
  }
}

const noNames: ReadonlySet<string> = new Set();
const unexpectedBody: Issue = { path: '', code: 'invalid_type', message: 'Invalid input: expected no body' };

type Refuse = (request: FastifyRequest, issues: Issue[]) => void;

/** For DELETE: a body without members is allowed. */
const refuseReadBody: Refuse = ({ body }, issues) => {
  if (body === undefined) return;
  if (isObject(body)) refuseUnknown(body, noNames, issues, '');
  else issues.push(unexpectedBody);
};

/** For GET: Fastify does not read the body, so look at the headers. */
const refuseUnreadBody: Refuse = ({ raw }, issues) => {
  if (hasBody(raw)) issues.push(unexpectedBody);
};

/** For methods with a body, which holds everything that is not in the path. */
const refuseQueryString: Refuse = (request, issues) => {
  if (!request.raw.url?.includes('?')) return;
  checkQueryString(request);
  refuseUnknown(request.query as JsonObject, noNames, issues, '');
};

type DecodeRequest = (request: FastifyRequest, issues: Issue[], path: string) => unknown;

/** Merges path parameters with query string or JSON body. Compiled once per operation. */
export function requestDecoder(input: ObjectShape, rest: RestMapping): Decode {
  const pathFields = urlFields({ ...input, fields: rest.pathFields });
  const elsewhere: ObjectShape = { ...input, fields: rest.otherFields };
  const decodeRest = rest.hasBody ? bodyDecoder(elsewhere) : queryDecoder(elsewhere, rest.method);
  return (given, issues, path) => {
    const request = given as FastifyRequest;
    issues.push(...keyHeaderIssues(request));
    const decoded = decodeRest(request, issues, path);
    if (isObject(decoded)) copy(pathFields, request.params as JsonObject, decoded);
    return decoded;
  };
}

function bodyDecoder(shape: ObjectShape): DecodeRequest {
  const decode = jsonDecoder(shape);
  return (request, issues, path) => {
    refuseQueryString(request, issues);
    // JSON null is not an empty object
    const { body = {} } = request;
    return decode(body, issues, path);
  };
}

function queryDecoder(shape: ObjectShape, method: string): DecodeRequest {
  const fields = urlFields(shape);
  const known = new Set(shape.fields.map((field) => field.wire));
  const refuseBody = method === 'GET' ? refuseUnreadBody : refuseReadBody;
  return (request, issues) => {
    checkQueryString(request);
    const query = request.query as JsonObject;
    const decoded: JsonObject = {};
    copy(fields, query, decoded);
    refuseUnknown(query, known, issues, '');
    refuseBody(request, issues);
    return decoded;
  };
}
