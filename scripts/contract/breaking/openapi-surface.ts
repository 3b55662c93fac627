import type { JsonSchema } from './schema-changes.js';
import type { Endpoint, Surface } from './surface.js';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: JsonSchema;
}
interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}
interface Operation {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Content | { readonly $ref: string }>>;
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What a REST client relies on. */
export function openApiSurface(text: string): Surface {
  const root = JSON.parse(text) as OpenApi;
  const endpoints = Object.entries(root.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => [
      `${method.toUpperCase()} ${path}`,
      endpoint(operation, root),
    ]),
  );
  return { endpoints: Object.fromEntries(endpoints), root };
}

function endpoint(operation: Operation, root: OpenApi): Endpoint {
  const responses = Object.entries(operation.responses).map(
    ([status, response]) => [status, component<Content>(response, root)] as const,
  );
  return {
    facts: { operationId: operation.operationId, ...Object.fromEntries(responses.flatMap(statusesOfCodes)) },
    input: input(operation, root),
    output: output(responses),
  };
}

function component<T extends object>(node: T | { readonly $ref: string }, { components }: OpenApi): T {
  if (!('$ref' in node)) return node;
  const [section = '', name = ''] = node.$ref.split('/').slice(2);
  return components[section]?.[name] as T;
}

function input({ parameters, requestBody, security }: Operation, root: OpenApi): JsonSchema {
  const all = parameters.map((parameter) => component<Parameter>(parameter, root));
  const key = (parameter: Parameter) => `${parameter.in} parameter ${parameter.name}`;
  const body = requestBody?.content?.['application/json']?.schema;
  return {
    properties: {
      ...Object.fromEntries(all.map((parameter) => [key(parameter), parameter.schema])),
      ...(body && { body }),
    },
    required: [
      ...all.filter((parameter) => parameter.required).map(key),
      ...(requestBody?.required ? ['body'] : []),
      ...(security.length > 0 ? ['a token'] : []),
    ],
  };
}

const isSuccess = (status: string) => status.startsWith('2');

function output(responses: readonly (readonly [string, Content])[]): JsonSchema {
  const successes = responses.filter(([status]) => isSuccess(status));
  const properties = successes.map(([status, { content }]) => [status, content?.['application/json']?.schema ?? {}]);
  return { properties: Object.fromEntries(properties) };
}

function statusesOfCodes([status, { content }]: readonly [string, Content]): (readonly [string, string])[] {
  const parts = (content?.['application/problem+json']?.schema.allOf ?? []) as {
    readonly properties?: { readonly code?: { readonly enum?: readonly string[] } };
  }[];
  return parts.flatMap(({ properties }) => properties?.code?.enum ?? []).map((code) => [`status of ${code}`, status]);
}
