import {
  MalformedRequest,
  PayloadTooLarge,
  RequestTimeout,
  UnsupportedMediaType,
} from '../../../src/contract/built-in-failures.js';
import type { FailureClass } from '../../../src/contract/failure.js';
import { httpStatus } from '../../../src/contract/failure-table.js';
import type { OperationDescriptor } from '../../../src/contract/module.js';
import { type DocumentNode, issueSchema, pascalCase } from '../document.js';
import { defineSchema, type JsonSchema, type SchemaComponents } from '../json-schema.js';
import { possibleFailures } from '../possible-failures.js';

const problemSchema = (issue: JsonSchema): JsonSchema => ({
  type: 'object',
  description: 'RFC 9457 problem details.',
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string', description: 'The same for every failure of this code.' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What happened this time.' },
    code: { type: 'string', description: 'Never changes: the one to branch on.' },
    errors: { type: 'array', items: issue, description: 'Of an invalid input, every fault there is.' },
    trace_id: { type: 'string', description: 'To be named when asking for help.' },
  },
  required: ['type', 'title', 'status', 'detail', 'code'],
});

const headerRefs = (...names: string[]): DocumentNode =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

export const successHeaders = headerRefs('x-request-id', 'ratelimit-policy', 'ratelimit');

const ownHeaders: Readonly<Record<number, DocumentNode>> = {
  401: headerRefs('www-authenticate'),
  429: headerRefs('retry-after'),
  503: headerRefs('retry-after'),
};

/** The failure responses of operations, each described once in the components and named after its codes. */
export class FailureResponses {
  readonly components: Record<string, DocumentNode> = {};
  readonly #problem: JsonSchema;

  constructor(schemas: SchemaComponents) {
    this.#problem = defineSchema(schemas, 'Problem', problemSchema(defineSchema(schemas, 'Issue', issueSchema)));
  }

  /** By status. */
  of(operation: OperationDescriptor, hasBody: boolean): DocumentNode {
    const failures = [
      ...possibleFailures(operation),
      MalformedRequest,
      RequestTimeout,
      ...(hasBody ? [PayloadTooLarge, UnsupportedMediaType] : []),
    ];
    const byStatus = Map.groupBy(failures, (Declared) => httpStatus(Declared));
    return Object.fromEntries([...byStatus].map(([status, declared]) => [status, this.#response(status, declared)]));
  }

  #response(status: number, failures: readonly FailureClass[]): DocumentNode {
    const name = failures.map(({ code }) => pascalCase(code)).join('Or');
    this.components[name] ??= {
      description: failures.map(({ code, title }) => `\`${code}\`: ${title}.`).join('\n\n'),
      headers: { ...successHeaders, ...ownHeaders[status] },
      content: { 'application/problem+json': { schema: this.#schema(status, failures) } },
    };
    return { $ref: `#/components/responses/${name}` };
  }

  #schema(status: number, failures: readonly FailureClass[]): JsonSchema {
    const code = { type: 'string', enum: failures.map((failure) => failure.code) };
    return {
      allOf: [this.#problem, { type: 'object', properties: { status: { type: 'integer', enum: [status] }, code } }],
    };
  }
}
