import { jsonRpcKind } from '../contract/failure-table.js';
import type { OperationDescriptor } from '../contract/module.js';
import { failureOf } from '../contract/received-failure.js';
import type { ErrorObject } from '../protocols/json-rpc/error-object.js';
import { jsonCodec } from './json-codec.js';
import type { OutgoingCall } from './transport.js';

export interface JsonRpcReply {
  readonly result?: unknown;
  readonly error?: ErrorObject;
}

export const callFields = ({ requestId, traceparent, timeoutMs, idempotencyKey }: OutgoingCall) => ({
  request_id: requestId,
  traceparent,
  timeout_ms: timeoutMs,
  idempotency_key: idempotencyKey,
});

export const paramsOf = ({ operation, input }: OutgoingCall): object => jsonCodec(operation).encode(input) as object;

export function outputOf(operation: OperationDescriptor, { result, error }: JsonRpcReply): unknown {
  if (!error) return jsonCodec(operation).decode(result);
  const { code, message, data } = error;
  throw failureOf(operation, {
    code: data.code,
    kind: jsonRpcKind(code),
    detail: message,
    issues: data.errors,
    retryAfterSeconds: data.retry_after,
  });
}
