import { fetch, type Response } from 'undici';
import { expect } from 'vitest';
import type { FailureClass, Issue } from '../../../src/contract/failure.js';
import type { OperationDescriptor } from '../../../src/contract/module.js';
import { breakText, breakUrl } from './broken-text.js';
import { rowOf, traceIdOf } from './design-table.js';
import { type Answer, type Call, type RawDriver, unrecognized, type WireFailure } from './driver.js';
import { fromSnake, toSnake } from './names.js';

interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors?: readonly Issue[];
  readonly trace_id: string;
}

type Values = Record<string, unknown>;

interface Request {
  readonly url: string;
  readonly options: { readonly method: string; readonly headers: Record<string, string>; readonly body?: string };
}

const problemType = expect.stringMatching(/^application\/problem\+json(; charset=utf-8)?$/);
const rateLimit = {
  policy: expect.stringMatching(/^"[\w.]+";q=\d+;w=\d+$/),
  left: expect.stringMatching(/^"[\w.]+";r=\d+;t=\d+$/),
};

export const httpHeaders = (call: Call): Record<string, string> => ({
  ...(call.token !== undefined && { authorization: `Bearer ${call.token}` }),
  ...(call.requestId !== undefined && { 'x-request-id': call.requestId }),
  ...(call.traceparent !== undefined && { traceparent: call.traceparent }),
  ...(call.timeoutMs !== undefined && { 'x-request-timeout-ms': String(call.timeoutMs) }),
  ...(call.idempotencyKey !== undefined && { 'idempotency-key': call.idempotencyKey }),
});

function routeOf({ wire }: OperationDescriptor): { method: string; path: string; status: number } {
  if (!wire.rest) throw new Error('not served over REST');
  return wire.rest;
}

export const hasBody = (operation: OperationDescriptor): boolean => !/^(GET|DELETE)$/.test(routeOf(operation).method);

function queryOf(values: Values): string {
  const pairs = Object.entries(values).flatMap(([name, value]) =>
    value === undefined
      ? []
      : (Array.isArray(value) ? value : [value]).map((item) => [name, String(item)] as [string, string]),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}

/** REST with undici's fetch. */
export class RestDriver implements RawDriver {
  constructor(private readonly base: string) {}

  async call(call: Call): Promise<Answer> {
    return this.#answer(call, toSnake(call.input) as Values);
  }

  async expectUnknownField(call: Call): Promise<void> {
    const { outcome, facts } = await this.#answer(call, { ...(toSnake(call.input) as Values), nonsense: 'x' });
    expect([facts.status, outcome]).toMatchObject([400, unrecognized]);
  }

  success({ operation, requestId }: Call) {
    const { status } = routeOf(operation);
    const contentType = status === 204 ? null : 'application/json; charset=utf-8';
    return { status, contentType, rateLimit, ...(requestId !== undefined && { requestId }) };
  }

  failure(declared: FailureClass, { requestId, traceparent }: Call) {
    const { http: status } = rowOf(declared);
    return {
      status,
      contentType: problemType,
      problem: { type: expect.stringMatching(/^urn:problem:/), title: declared.title, status },
      authenticate: status === 401 ? 'Bearer' : null,
      ...(requestId !== undefined && { requestId }),
      ...(traceparent !== undefined && { traceId: traceIdOf(traceparent) }),
      ...((status === 429 || status === 503) && { retryAfter: expect.stringMatching(/^\d+$/) }),
    };
  }

  async expectMalformed(call: Call): Promise<void> {
    const response = await this.#send(call, toSnake(call.input) as Values, '{"email":');
    await expectProblem(response, { status: 400, code: 'MALFORMED_REQUEST' });
  }

  async expectBrokenText(call: Call): Promise<void> {
    const { url, options } = this.#request(call, toSnake(call.input) as Values);
    const body = options.body && breakText(options.body);
    await expectProblem(await fetch(breakUrl(url), { ...options, ...(body && { body }) }), {
      status: 400,
      code: 'MALFORMED_REQUEST',
    });
  }

  async expectOversized(call: Call): Promise<void> {
    const body = JSON.stringify({ nonsense: 'x'.repeat(1_048_576) });
    const response = await this.#send(call, toSnake(call.input) as Values, body);
    await expectProblem(response, { status: 413, code: 'PAYLOAD_TOO_LARGE' });
  }

  async close(): Promise<void> {}

  async #answer(call: Call, input: Values): Promise<Answer> {
    const response = await this.#send(call, input);
    const body = await jsonOf(response);
    const facts = factsOf(response);
    if (response.ok) return { outcome: { value: fromSnake(body) }, facts };
    const { type, title, status, trace_id: traceId, ...problem } = body as Problem;
    return {
      outcome: { failure: failureIn(problem, response) },
      facts: { ...facts, traceId, problem: { type, title, status } },
    };
  }

  #send(call: Call, input: Values, body?: string): Promise<Response> {
    const { url, options } = this.#request(call, input, body);
    return fetch(url, options);
  }

  #request(call: Call, input: Values, body?: string): Request {
    const { method, path } = routeOf(call.operation);
    const rest = { ...input };
    const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => {
      const value = String(rest[name]);
      delete rest[name];
      return encodeURIComponent(value);
    });
    const headers = httpHeaders(call);
    if (!hasBody(call.operation)) {
      return { url: `${this.base}${filled}${queryOf(rest)}`, options: { method, headers } };
    }
    const json = { ...headers, 'content-type': 'application/json' };
    return { url: this.base + filled, options: { method, headers: json, body: body ?? JSON.stringify(rest) } };
  }
}

const factsOf = ({ status, headers }: Response) => ({
  status,
  contentType: headers.get('content-type'),
  requestId: headers.get('x-request-id'),
  authenticate: headers.get('www-authenticate'),
  retryAfter: headers.get('retry-after'),
  rateLimit: { policy: headers.get('ratelimit-policy'), left: headers.get('ratelimit') },
});

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
}

function failureIn(
  { code, detail, errors }: Pick<Problem, 'code' | 'detail' | 'errors'>,
  { headers }: Response,
): WireFailure {
  const retryAfter = headers.get('retry-after');
  return {
    code,
    detail,
    ...(errors && { issues: errors }),
    ...(retryAfter !== null && { retryAfterSeconds: Number(retryAfter) }),
  };
}

async function expectProblem(response: Response, expected: { status: number; code: string }): Promise<void> {
  expect([response.status, response.headers.get('content-type')]).toEqual([expected.status, problemType]);
  expect(await response.json()).toMatchObject({ ...expected, trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) });
}
