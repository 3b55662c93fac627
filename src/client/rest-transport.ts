import type { Failure } from '../contract/failure.js';
import { httpKind } from '../contract/failure-table.js';
import type { OperationDescriptor } from '../contract/module.js';
import { perOperation } from '../contract/per-operation.js';
import { failureOf } from '../contract/received-failure.js';
import type { Problem } from '../protocols/http/problem.js';
import { exchange, foreignFailure, type HttpAnswer } from './http-exchange.js';
import { jsonCodec } from './json-codec.js';
import { restRequest } from './rest-request.js';
import type { OutgoingCall, Transport } from './transport.js';

const requestOf = perOperation(restRequest);

export class RestTransport implements Transport {
  readonly #base: string;

  constructor(url: string) {
    this.#base = url.replace(/\/+$/, '');
  }

  async send(call: OutgoingCall): Promise<unknown> {
    const { operation } = call;
    const { method, url, body } = requestOf(operation)(call.input);
    const answer = await exchange({ method, url: this.#base + url, body }, call);
    if (answer.status >= 300) throw problemOf(operation, answer);
    return jsonCodec(operation).decode(answer.body);
  }

  async close(): Promise<void> {}
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string';

function problemOf(operation: OperationDescriptor, answer: HttpAnswer): Failure {
  const { body, status, retryAfterSeconds } = answer;
  if (!isProblem(body)) return foreignFailure(answer);
  const { code, detail, errors: issues } = body;
  return failureOf(operation, { code, kind: httpKind(status), detail, issues, retryAfterSeconds });
}
