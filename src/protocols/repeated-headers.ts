import type { Issue } from '../contract/failure.js';
import { mistyped } from '../contract/json-codec.js';

/** Names and values in turn, as they came: Node joins the values of one name, or keeps the first alone. */
export type RawHeaders = readonly string[];

/** `name` in lower case. */
export const valuesOf = (raw: RawHeaders, name: string): readonly string[] =>
  raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === name);

const none: readonly Issue[] = [];

/** Refuses a key given twice: joined, the two are a third one, which protects neither. `key`: as Node has it. */
export function repeatedKeyFaults(key: string | string[] | undefined, raw: RawHeaders): readonly Issue[] {
  if (!key?.includes(', ')) return none;
  const isRepeated = valuesOf(raw, 'idempotency-key').length > 1;
  return isRepeated ? [mistyped('/idempotency_key', 'one header Idempotency-Key')] : none;
}
