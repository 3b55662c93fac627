import type { z } from 'zod';
import { camelCase } from './wire-names.js';

/**
 * For an input whose list `clear` names fields to leave without a value: none of them has one as well. In the enum they are
 * in UPPER_SNAKE.
 */
export function setOrClear<S extends z.ZodObject<{ clear: z.ZodArray<z.ZodEnum> }>>(schema: S): S {
  const names = schema.shape.clear.element.options.map(String);
  const isEither = (input: Readonly<Record<string, unknown>>, cleared: readonly unknown[]): boolean =>
    cleared.every((name) => input[camelCase(String(name).toLowerCase())] === undefined);
  return schema
    .refine((input) => isEither(input, input.clear), { path: ['clear'], error: 'A field is either set or cleared' })
    .meta({ ...schema.meta(), not: { anyOf: names.map(both) } });
}

const both = (name: string) => ({
  required: [name.toLowerCase(), 'clear'],
  properties: { clear: { contains: { enum: [name] } } },
});
