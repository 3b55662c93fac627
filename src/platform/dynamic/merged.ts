import { isObject } from '../../contract/json-codec.js';

/** Of JSON: objects part by part, at any depth; of anything else the stronger. */
export function merged(weaker: unknown, stronger: unknown): unknown {
  if (!isObject(weaker) || !isObject(stronger)) return stronger;
  const changed = Object.entries(stronger).map(([key, value]) => [key, merged(weaker[key], value)] as const);
  return { ...weaker, ...Object.fromEntries(changed) };
}
