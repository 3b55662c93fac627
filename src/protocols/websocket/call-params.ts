import type { Issue } from '../../contract/failure.js';
import { isObject, mistyped, unrecognized } from '../../contract/json-codec.js';
import { type JsonObject, keyFaults } from '../json-rpc/call-fields.js';

/** What one member `params` holds. */
export interface CallParams {
  /** The input alone; `{}` when absent. */
  readonly params: unknown;
  readonly fields: JsonObject | undefined;
  /** Of `_meta`. */
  readonly faults: readonly Issue[];
}

const metaMembers: ReadonlySet<string> = new Set(['request_id', 'traceparent', 'timeout_ms', 'idempotency_key']);
const none: readonly Issue[] = [];

/** Takes `_meta`, which belongs to the call and not to its input, out of the params. */
export function separate(given: unknown): CallParams {
  if (given === undefined) return { params: {}, fields: undefined, faults: none };
  if (!isObject(given) || !Object.hasOwn(given, '_meta')) return { params: given, fields: undefined, faults: none };
  const { _meta: fields, ...params } = given;
  if (!isObject(fields)) return { params, fields: undefined, faults: [mistyped('/_meta', 'object')] };
  return { params, fields, faults: metaFaults(fields) };
}

function metaFaults(meta: JsonObject): readonly Issue[] {
  const unknown = Object.keys(meta).filter((name) => !metaMembers.has(name));
  return [...unknown.map((name) => unrecognized('/_meta', name)), ...keyFaults(meta, '/_meta')];
}
