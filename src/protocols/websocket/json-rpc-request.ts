import { MalformedRequest } from '../../contract/built-in-failures.js';
import { isObject } from '../../contract/json-codec.js';
import { type ExactId, isExactId } from '../json-rpc/exact-id.js';

export interface JsonRpcRequest {
  /** Absent for a notification, which nobody answers. */
  readonly id: ExactId | undefined;
  readonly method: string;
  readonly params: unknown;
}

/** What is no JSON-RPC 2.0 request. It is answered even without an id: nobody can tell whether it was a notification. */
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

/** A long name is cut. */
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
