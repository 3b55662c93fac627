import type { FailureClass, Issue } from '../../../src/contract/failure.js';
import { rowOf } from './design-table.js';
import type { Answer, Call, Outcome } from './driver.js';
import { expectEmpty, fromSnake } from './names.js';

export interface ErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data: {
    readonly code: string;
    readonly errors?: readonly Issue[];
    readonly retry_after?: number;
    readonly trace_id?: string;
  };
}

export interface Reply {
  readonly result?: unknown;
  readonly error?: ErrorObject;
}

function outcomeOf({ operation }: Call, { result, error }: Reply): Outcome {
  if (!error) return { value: operation.output ? fromSnake(result) : expectEmpty(result) };
  const { code, errors, retry_after } = error.data;
  const retry = retry_after === undefined ? {} : { retryAfterSeconds: retry_after };
  return { failure: { code, detail: error.message, ...(errors && { issues: errors }), ...retry } };
}

/** JSON-RPC 2.0 results and errors, which MQTT replies carry as well. */
export const jsonRpcAnswer = (call: Call, reply: Reply): Answer => ({
  outcome: outcomeOf(call, reply),
  facts: { code: reply.error?.code, traceId: reply.error?.data.trace_id },
});

export const jsonRpcFailure = (declared: FailureClass) => ({ code: rowOf(declared).jsonRpc });

/** What goes with a call in JSON. */
export const callFields = ({ requestId, traceparent, timeoutMs, idempotencyKey }: Call) => ({
  ...(requestId !== undefined && { request_id: requestId }),
  ...(traceparent !== undefined && { traceparent }),
  ...(timeoutMs !== undefined && { timeout_ms: timeoutMs }),
  ...(idempotencyKey !== undefined && { idempotency_key: idempotencyKey }),
});
