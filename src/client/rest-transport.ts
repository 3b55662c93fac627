import type { Failure } from '../contract/failure.js';
import { httpKind } from '../contract/failure-table.js';
import { type JsonObject, jsonDecoder, jsonEncoder } from '../contract/json-codec.js';
import type { OperationDescriptor } from '../contract/module.js';
import { perOperation } from '../contract/per-operation.js';
import { failureOf } from '../contract/received-failure.js';
import type { Field } from '../contract/shape.js';
import type { Problem } from '../protocols/http/problem.js';
import { exchange, foreignFailure, type HttpAnswer, type HttpRequest } from './http-exchange.js';
import { outputDecoder, type Transport } from './transport.js';

const compiled = perOperation((operation) => ({
  request: requestOf(operation),
  decode: outputDecoder(operation.output, jsonDecoder),
}));

export function restTransport(url: string): Transport {
  const base = url.replace(/\/+$/, '');
  return {
    async send(call) {
      const { operation, input } = call;
      const { request, decode } = compiled(operation);
      const { method, url: path, body } = request(input);
      const answer = await exchange({ method, url: base + path, body }, call);
      if (answer.status >= 300) throw problemOf(operation, answer);
      return decode(answer.body);
    },
  };
}

const isProblem = (body: object | undefined): body is Problem =>
  body !== undefined && 'code' in body && typeof body.code === 'string';

function problemOf(operation: OperationDescriptor, answer: HttpAnswer): Failure {
  const { body, status, retryAfterSeconds } = answer;
  if (!isProblem(body)) return foreignFailure(answer);
  const { code, detail, errors: issues } = body;
  return failureOf(operation, { code, kind: httpKind(status), detail, issues, retryAfterSeconds });
}

/** UTF-8 cannot encode lone surrogates; a URL path segment cannot be empty or dots. */
const fitsQuery = (text: string): boolean => text.isWellFormed();
const fitsPath = (text: string): boolean => fitsQuery(text) && !/^\.{0,2}$/.test(text);

function escaped(value: unknown, fits: (text: string) => boolean): string {
  const text = String(value);
  if (!fits(text)) throw new TypeError(`a URL cannot carry ${JSON.stringify(text)}`);
  return encodeURIComponent(text);
}

function queryString(fields: readonly Field[], input: JsonObject): string {
  const parameters = fields.flatMap(({ name, wire }) => {
    const value = input[name];
    const values = Array.isArray(value) ? value : value === undefined ? [] : [value];
    return values.map((item) => `${wire}=${escaped(item, fitsQuery)}`);
  });
  return parameters.length === 0 ? '' : `?${parameters.join('&')}`;
}

/** The `url` lacks the origin: the transport adds it. */
function requestOf({ id, input: shape, wire: { rest } }: OperationDescriptor): (input: object) => HttpRequest {
  if (!rest) throw new TypeError(`${id} is not served over REST`);
  const { method, hasBody, otherFields } = rest;
  const names = new Map(rest.pathFields.map(({ wire, name }) => [wire, name]));
  const path = (input: JsonObject) =>
    rest.path.replaceAll(/:(\w+)/g, (_, wire: string) => escaped(input[names.get(wire) ?? ''] ?? '', fitsPath));
  if (!hasBody)
    return (input) => ({ method, url: path(input as JsonObject) + queryString(otherFields, input as JsonObject) });
  const encode = jsonEncoder({ ...shape, fields: otherFields });
  return (input) => {
    const body = otherFields.length === 0 ? undefined : JSON.stringify(encode(input));
    return { method, url: path(input as JsonObject), body };
  };
}
