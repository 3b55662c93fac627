import { MalformedRequest } from '../../contract/built-in-failures.js';
import type { Issue } from '../../contract/failure.js';
import { isObject, type JsonObject, mistyped, unrecognized } from '../../contract/json-codec.js';
import { type ExactId, idText, isExactId } from '../json-rpc/exact-id.js';
import { keyIssues } from '../request-values.js';

export interface JsonRpcRequest {
  readonly id: ExactId | undefined;
  readonly method: string;
  readonly params: unknown;
}

/** Answered even without an id, because it may not be a notification. */
export class InvalidRequest {
  readonly failure: MalformedRequest;

  constructor(
    readonly id: ExactId,
    detail: string,
  ) {
    this.failure = new MalformedRequest({ detail });
  }
}

const members: ReadonlySet<string> = new Set(['jsonrpc', 'id', 'method', 'params']);

const quoted = (name: string): string => JSON.stringify(name.slice(0, 50));

export function readJsonRpcRequest(message: unknown): JsonRpcRequest | InvalidRequest {
  if (!isObject(message)) return new InvalidRequest(null, 'A JSON-RPC request is an object');
  const { jsonrpc, id, method, params } = message;
  if (id !== undefined && !isExactId(id)) return new InvalidRequest(null, 'The id is a string, a number or null');
  if (jsonrpc !== '2.0') return new InvalidRequest(id ?? null, 'The member jsonrpc is "2.0"');
  if (typeof method !== 'string') return new InvalidRequest(id ?? null, 'The method is a string');
  for (const name in message) {
    if (!members.has(name)) return new InvalidRequest(id ?? null, `A request has no member ${quoted(name)}`);
  }
  return { id, method, params };
}

export const responseText = (id: ExactId, member: string): string => `{"jsonrpc":"2.0","id":${idText(id)},${member}}`;

export interface CallParams {
  /** Input; `{}` when absent. */
  readonly params: unknown;
  readonly fields: JsonObject | undefined;
  readonly issues: readonly Issue[];
}

const noIssues: readonly Issue[] = [];
const metaMembers: ReadonlySet<string> = new Set(['request_id', 'traceparent', 'timeout_ms', 'idempotency_key']);

export function separateMeta(given: unknown = {}): CallParams {
  if (!isObject(given) || !Object.hasOwn(given, '_meta')) return { params: given, fields: undefined, issues: noIssues };
  const { _meta: fields, ...params } = given;
  if (!isObject(fields)) return { params, fields: undefined, issues: [mistyped('/_meta', 'object')] };
  return { params, fields, issues: metaIssues(fields) };
}

function metaIssues(meta: JsonObject): readonly Issue[] {
  const unknown = Object.keys(meta).filter((name) => !metaMembers.has(name));
  return [...unknown.map((name) => unrecognized('/_meta', name)), ...keyIssues(meta, '/_meta')];
}
