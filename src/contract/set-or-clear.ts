import type { z } from 'zod';
import { camelCase } from './wire-names.js';

/** Refuses an input that sets a field and names it in its list `clear` (in UPPER_SNAKE). */
export function setOrClear<S extends z.ZodObject<{ clear: z.ZodArray<z.ZodEnum> }>>(schema: S): S {
  const [first, ...others] = schema.shape.clear.element.options.map((name) => both(String(name)));
  const isEither = (input: Readonly<Record<string, unknown>>, cleared: readonly unknown[]): boolean =>
    cleared.every((name) => input[camelCase(String(name).toLowerCase())] === undefined);
  return schema
    .refine((input) => isEither(input, input.clear), { path: ['clear'], error: 'A field is either set or cleared' })
    .meta({ ...schema.meta(), not: others.length === 0 ? first : { anyOf: [first, ...others] } });
}

const both = (name: string) => ({
  required: [name.toLowerCase(), 'clear'],
  properties: { [name.toLowerCase()]: {}, clear: { contains: { enum: [name] } } },
});
