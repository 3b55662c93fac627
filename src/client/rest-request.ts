import { jsonEncoder } from '../contract/json-codec.js';
import type { OperationDescriptor } from '../contract/module.js';
import type { Field, ObjectShape } from '../contract/shape.js';
import type { HttpRequest } from './http-exchange.js';
import { explain, explaining } from './json-codec.js';

type Values = Readonly<Record<string, unknown>>;

export type RestRequest = (input: object) => HttpRequest;

/** UTF-8 has no lone surrogates, and a URL no path segment that is empty or dots. */
const fitsQuery = (text: string): boolean => text.isWellFormed();
const fitsPath = (text: string): boolean => fitsQuery(text) && !/^\.{0,2}$/.test(text);

/** Throws InvalidArgument for an input that a URL cannot carry. */
class UrlWriter {
  constructor(private readonly operation: OperationDescriptor) {}

  path(template: string, fields: ReadonlyMap<string, Field>, input: Values): string {
    return template.replaceAll(/:(\w+)/g, (_, wire: string) => {
      const value = input[fields.get(wire)?.name ?? ''];
      return encodeURIComponent(this.#text(value ?? '', fitsPath, input));
    });
  }

  query(fields: readonly Field[], input: Values): string {
    const parameters = fields.flatMap(({ name, wire }) => {
      const value = input[name];
      const values = Array.isArray(value) ? value : value === undefined ? [] : [value];
      return values.map((item) => `${wire}=${encodeURIComponent(this.#text(item, fitsQuery, input))}`);
    });
    return parameters.length === 0 ? '' : `?${parameters.join('&')}`;
  }

  #text(value: unknown, fits: (text: string) => boolean, input: Values): string {
    const text = String(value);
    if (fits(text)) return text;
    explain(this.operation, input);
    throw new TypeError(`${this.operation.id}: a URL cannot carry ${JSON.stringify(text)}`);
  }
}

export function restRequest(operation: OperationDescriptor): RestRequest {
  const { input: shape, wire } = operation;
  if (!wire.rest) throw new TypeError(`${operation.id} is not served over REST`);
  const { method, path: template } = wire.rest;
  const inPath = new Set([...template.matchAll(/:(\w+)/g)].map(([, name]) => name));
  const pathFields = new Map(
    shape.fields.filter(({ wire: name }) => inPath.has(name)).map((field) => [field.wire, field]),
  );
  const others = shape.fields.filter(({ wire: name }) => !inPath.has(name));
  const urls = new UrlWriter(operation);
  if (method === 'GET' || method === 'DELETE') {
    return (input) => ({
      method,
      url: urls.path(template, pathFields, input as Values) + urls.query(others, input as Values),
    });
  }
  const body = bodyWriter(operation, { ...shape, fields: others });
  return (input) => ({ method, url: urls.path(template, pathFields, input as Values), body: body(input) });
}

function bodyWriter(operation: OperationDescriptor, shape: ObjectShape): (input: object) => string | undefined {
  if (shape.fields.length === 0) return () => undefined;
  const encode = explaining(operation, jsonEncoder(shape));
  return (input) => JSON.stringify(encode(input));
}
