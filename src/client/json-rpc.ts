import { jsonRpcKind } from '../contract/failure-table.js';
import { jsonDecoder, jsonEncoder } from '../contract/json-codec.js';
import type { OperationDescriptor } from '../contract/module.js';
import { perOperation } from '../contract/per-operation.js';
import { failureOf } from '../contract/received-failure.js';
import type { ErrorObject } from '../protocols/json-rpc/error-object.js';
import { type OutgoingCall, outputDecoder } from './transport.js';

export interface JsonRpcReply {
  readonly id?: unknown;
  /** In MQTT 3.1.1. */
  readonly correlation_id?: string;
  readonly result?: unknown;
  readonly error?: ErrorObject;
}

const codecOf = perOperation(({ input, output }) => ({
  encode: jsonEncoder(input),
  decode: outputDecoder(output, jsonDecoder),
}));

export const callFields = ({ requestId, traceparent, timeoutMs, idempotencyKey }: OutgoingCall) => ({
  request_id: requestId,
  traceparent,
  timeout_ms: timeoutMs,
  idempotency_key: idempotencyKey,
});

export const paramsOf = ({ operation, input }: OutgoingCall): object => codecOf(operation).encode(input) as object;

export function outputOf(operation: OperationDescriptor, { result, error }: JsonRpcReply): unknown {
  if (!error) return codecOf(operation).decode(result);
  const { code, message, data } = error;
  throw failureOf(operation, {
    code: data.code,
    kind: jsonRpcKind(code),
    detail: message,
    issues: data.errors,
    retryAfterSeconds: data.retry_after,
  });
}
