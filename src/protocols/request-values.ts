import type { Issue } from '../contract/failure.js';
import { type JsonObject, mistyped } from '../contract/json-codec.js';
import type { Inbound } from '../pipeline/call-context.js';

/** Alternating names and values. Node merges repeated headers. */
export type RawHeaders = readonly string[];

export function valuesOf(raw: RawHeaders, name: string): readonly string[] {
  const values: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    if (raw[index]?.toLowerCase() === name) values.push(raw[index + 1] as string);
  }
  return values;
}

const noIssues: readonly Issue[] = [];

/** Refuses repeated keys: Node joins them to another key, which protects neither command. */
export function repeatedKeyIssues(key: string | string[] | undefined, raw: RawHeaders): readonly Issue[] {
  if (!key?.includes(', ')) return noIssues;
  const isRepeated = valuesOf(raw, 'idempotency-key').length > 1;
  return isRepeated ? [mistyped('/idempotency_key', 'one header Idempotency-Key')] : noIssues;
}

export const textField = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const timeoutOf = (given: unknown): number | undefined =>
  typeof given === 'number' && Number.isInteger(given) && given >= 1 ? given : undefined;

export const timeoutIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? timeoutOf(Number(text)) : undefined;

export type CallFields = Pick<Inbound, 'requestId' | 'traceparent' | 'timeoutMs' | 'idempotencyKey'>;

/** Values of another type count as absent; `keyIssues` comes first. */
export const callFields = ({ request_id, traceparent, timeout_ms, idempotency_key }: JsonObject): CallFields => ({
  requestId: textField(request_id),
  traceparent: textField(traceparent),
  timeoutMs: timeoutOf(timeout_ms),
  idempotencyKey: textField(idempotency_key),
});

/** For protocols with one handshake for many calls: `fields` are those of one call. */
export function withFields(handshake: Inbound, fields: JsonObject): Inbound {
  const given = callFields(fields);
  return { ...handshake, ...given, traceparent: given.traceparent ?? handshake.traceparent };
}

/** A key of another type is refused: ignoring it would leave the command unprotected. */
export const keyIssues = ({ idempotency_key: key }: JsonObject, path: string): readonly Issue[] =>
  key === undefined || typeof key === 'string' ? [] : [mistyped(`${path}/idempotency_key`, 'string')];
