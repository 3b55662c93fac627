import { isObject, type JsonObject } from '../../contract/json-codec.js';
import { parseJson, withoutByteOrderMark } from '../../contract/parse-json.js';

/** A number that JavaScript would round, as written. */
class WrittenNumber {
  constructor(readonly text: string) {}
}

export type ExactId = string | number | null | WrittenNumber;

type Reviver = (this: object, key: string, value: unknown, context: { readonly source: string }) => unknown;

/** TypeScript's types lack the third argument. */
const parseWith = JSON.parse as (text: string, reviver: Reviver) => unknown;

const isRounded = (value: unknown): boolean => Number.isFinite(value) && !Number.isSafeInteger(value);

const objectsIn = (parsed: unknown): JsonObject[] => (Array.isArray(parsed) ? parsed : [parsed]).filter(isObject);

/** One message or a batch; the number in member `exact` is not rounded. Undefined for invalid JSON. */
export function parseMessage(text: string, exact?: string): unknown {
  try {
    const parsed = parseJson(text);
    if (exact === undefined || !objectsIn(parsed).some((message) => isRounded(message[exact]))) return parsed;
    return parseAgain(text, exact);
  } catch {
    return undefined;
  }
}

/** The reviver runs for every value, so only when needed. */
function parseAgain(text: string, name: string): unknown {
  const written = new Map<object, WrittenNumber>();
  const parsed = parseWith(withoutByteOrderMark(text), function (key, value, { source }) {
    if (key === name && isRounded(value)) written.set(this, new WrittenNumber(source));
    return value;
  });
  for (const message of objectsIn(parsed)) message[name] = written.get(message) ?? message[name];
  return parsed;
}

export const isExactId = (id: unknown): id is ExactId =>
  id === null || typeof id === 'string' || Number.isFinite(id) || id instanceof WrittenNumber;

export const idText = (id: ExactId): string => (id instanceof WrittenNumber ? id.text : JSON.stringify(id));
