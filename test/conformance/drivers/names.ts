import { expect } from 'vitest';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [rename(name), renamed(inner, rename)]));
}

/** `createdAt` -> `created_at`, at every depth. Not for inputs with maps, whose keys are data. */
export const toSnake = (value: unknown): unknown =>
  renamed(value, (name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

/** `created_at` -> `createdAt`, at every depth; a name that is not snake_case is a broken wire. */
export const fromSnake = (value: unknown): unknown =>
  renamed(value, (name) => {
    if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name)) throw new Error(`"${name}" on the wire is not snake_case`);
    return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  });

/** Without what is null: GraphQL has it for absent. */
export function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (!isObject(value)) return value;
  const present = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(present.map(([name, inner]) => [name, withoutNull(inner)]));
}

/** An operation without an output answers an empty object: no value. */
export function expectEmpty(answered: unknown): undefined {
  expect(answered).toEqual({});
}
