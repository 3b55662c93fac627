import type { GraphQLSchema } from 'graphql';
import { fetch } from 'undici';
import { expect } from 'vitest';
import type { FailureClass, Issue } from '../../../src/contract/failure.js';
import { breakText } from './broken-text.js';
import { traceIdOf } from './design-table.js';
import type { Answer, Call, Outcome, RawDriver } from './driver.js';
import { graphqlText } from './graphql-text.js';
import { withoutNull } from './names.js';
import { httpHeaders } from './rest.js';

export interface GraphqlResult {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly GraphqlError[];
}

interface GraphqlError {
  readonly message: string;
  readonly path?: readonly unknown[];
  readonly extensions: { readonly code: string; readonly details?: readonly Issue[]; readonly trace_id?: string };
}

export function outcomeOf({ data, errors }: GraphqlResult, field: string, output: unknown): Outcome {
  const [error] = errors ?? [];
  if (!error) return { value: output === undefined ? emptied(data?.[field]) : withoutNull(data?.[field]) };
  const { code, details } = error.extensions;
  return { failure: { code, detail: error.message, ...(details && { issues: details }) } };
}

/** An empty output is `true`. */
function emptied(value: unknown): undefined {
  expect(value).toBe(true);
}

/** GraphQL over HTTP with undici's fetch and the printed schema. */
export class GraphqlHttpDriver implements RawDriver {
  readonly #url: string;

  constructor(
    base: string,
    private readonly schema: GraphQLSchema,
  ) {
    this.#url = `${base}/graphql`;
  }

  call(call: Call): Promise<Answer> {
    return this.#answer(call);
  }

  async expectUnknownField(call: Call): Promise<void> {
    const { outcome, facts } = await this.#answer(call, 'nonsense: "x"');
    expect([facts.status, outcome]).toMatchObject([200, { failure: { code: 'INVALID_ARGUMENT' } }]);
    expect(JSON.stringify(outcome)).not.toMatch(/did you mean/i);
  }

  success({ requestId }: Call) {
    return {
      status: 200,
      contentType: 'application/json; charset=utf-8',
      ...(requestId !== undefined && { requestId }),
    };
  }

  failure(_declared: FailureClass, { operation, requestId, traceparent }: Call) {
    const { field } = graphqlText(this.schema, operation);
    return {
      status: 200,
      path: [field],
      data: operation.output ? { [field]: null } : null,
      ...(requestId !== undefined && { requestId }),
      ...(traceparent !== undefined && { traceId: traceIdOf(traceparent) }),
    };
  }

  async expectMalformed(call: Call): Promise<void> {
    const response = await this.#post(call, '{"query":');
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [withCode('MALFORMED_REQUEST')] }]);
  }

  async expectBrokenText(call: Call): Promise<void> {
    const { query } = graphqlText(this.schema, call.operation);
    const response = await this.#post(call, breakText(JSON.stringify({ query, variables: call.input })));
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [withCode('MALFORMED_REQUEST')] }]);
  }

  async expectOversized(call: Call): Promise<void> {
    const response = await this.#post(call, JSON.stringify({ query: 'x'.repeat(1_048_576) }));
    expect([response.status, await response.json()]).toMatchObject([413, { errors: [withCode('PAYLOAD_TOO_LARGE')] }]);
  }

  async close(): Promise<void> {}

  async #answer(call: Call, extra?: string): Promise<Answer> {
    const { query, field } = graphqlText(this.schema, call.operation, extra);
    const response = await this.#post(call, JSON.stringify({ query, variables: call.input }));
    const result = (await response.json()) as GraphqlResult;
    const { data, errors: [error] = [] } = result;
    const { status, headers } = response;
    const retryAfter = headers.get('retry-after');
    const outcome = outcomeOf(result, field, call.operation.output);
    const facts = {
      status,
      contentType: headers.get('content-type'),
      requestId: headers.get('x-request-id'),
      ...(error && { data, path: error.path, traceId: error.extensions.trace_id }),
    };
    if (retryAfter === null || !('failure' in outcome)) return { outcome, facts };
    return { outcome: { failure: { ...outcome.failure, retryAfterSeconds: Number(retryAfter) } }, facts };
  }

  #post(call: Call, body: string | Buffer) {
    const headers = { ...httpHeaders(call), 'content-type': 'application/json' };
    return fetch(this.#url, { method: 'POST', headers, body });
  }
}

const withCode = (code: string) => ({ extensions: { code } });
