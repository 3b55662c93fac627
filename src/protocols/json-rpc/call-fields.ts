import type { Issue } from '../../contract/failure.js';
import { mistyped } from '../../contract/json-codec.js';
import type { Inbound } from '../../pipeline/call-context.js';
import { textField, timeoutOf } from '../request-values.js';

export type JsonObject = Readonly<Record<string, unknown>>;

export type CallFields = Pick<Inbound, 'requestId' | 'traceparent' | 'timeoutMs' | 'idempotencyKey'>;

/** Values of another type count as absent; `keyFaults` comes first. */
export const callFields = ({ request_id, traceparent, timeout_ms, idempotency_key }: JsonObject): CallFields => ({
  requestId: textField(request_id),
  traceparent: textField(traceparent),
  timeoutMs: timeoutOf(timeout_ms),
  idempotencyKey: textField(idempotency_key),
});

/** A key of another type is refused: ignoring it would leave the command unprotected. */
export const keyFaults = ({ idempotency_key: key }: JsonObject, path: string): readonly Issue[] =>
  key === undefined || typeof key === 'string' ? [] : [mistyped(`${path}/idempotency_key`, 'string')];
