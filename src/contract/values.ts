import { z } from 'zod';
import { wallClock } from './wall-clock.js';

/** No NUL (PostgreSQL refuses it) and no lone surrogate (UTF-8 has no form for it). */
export const isCleanText = (value: string): boolean => !value.includes('\0') && value.isWellFormed();

/**
 * Text of bounded length, in Unicode code points. The only way to have free text in a contract. A `regex` of your own is
 * what documents show in place of "no NUL".
 */
export const text = ({ min = 0, max }: { min?: number; max: number }) =>
  z.string().min(min).max(max).refine(isCleanText, 'Text must not contain NUL or lone surrogates');

/** UUID of any version and in any case on the way in; ids made here are version 7 and lower case. */
export const Id = z.guid('Invalid UUID').toLowerCase();

/** A UUID of version 7 (RFC 9562): ids sort by the millisecond they were made in. */
export function newId(now = wallClock()): string {
  const time = now.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}

const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const mailbox = new RegExp(
  `^(?=[^@]{1,64}@)(?:[A-Za-z0-9_'+-]+\\.)*[A-Za-z0-9_'+-]*[A-Za-z0-9_+-]@(?:${label}\\.)+[A-Za-z]{2,63}$`,
);

/** With the lengths and labels of RFC 5321, as the caller spelled it; the domain normalizes. */
export const Email = z.email({ pattern: mailbox }).max(254);

/** Two spellings are one address if this is the same: modules that keep addresses must agree on it. */
export const normalizeEmail = (spelled: string): string => spelled.trim().normalize('NFC').toLowerCase();

const MAX_NAME = 200;

/** Two spellings are one name if this is the same: without blanks around it, and composed, so that a search finds it. */
export const normalizeName = (spelled: string): string => spelled.trim().normalize('NFC');

const hasRoom = (text: string): boolean => text.length <= 2 * MAX_NAME && [...text].length <= MAX_NAME;

/** Composing can make text longer; of one that is too long as it is, that is said already. */
const fitsNormalized = (spelled: string): boolean => !hasRoom(spelled) || hasRoom(normalizeName(spelled));

/** 1 to 200 characters, not all blank, as the caller spelled it and normalized; the domain normalizes. */
export const Name = text({ min: 1, max: MAX_NAME })
  .regex(/\S/, 'A name is more than blanks')
  .refine(fitsNormalized, `A name has at most ${MAX_NAME} characters when it is composed (NFC)`)
  .meta({ pattern: '^[^\\x00]*[^\\s\\x00][^\\x00]*$' });

/** Of what is no timestamp, that is said already. */
const isInFourDigitYear = (value: string): boolean => {
  const year = new Date(value).getUTCFullYear();
  return Number.isNaN(year) || (year >= 1 && year <= 9999);
};

/** RFC 3339 with any offset in, UTC with milliseconds and `Z` out. */
export const Timestamp = z.iso
  .datetime({ offset: true })
  .refine(isInFourDigitYear, 'A timestamp is in the years 1 to 9999 of UTC')
  .overwrite((value) => {
    const instant = new Date(value);
    return Number.isNaN(instant.getTime()) ? value : instant.toISOString();
  });

/** A structure with a name of its own on the wire: GraphQL type, protobuf message, JSON Schema component. */
export const view = <S extends z.core.$ZodLooseShape>(name: string, shape: S) => z.object(shape).meta({ id: name });

/** Values are UPPER_SNAKE in TypeScript and on every wire. */
export const enumeration = <const V extends readonly [string, ...string[]]>(name: string, values: V) =>
  z.enum(values).meta({ id: name });

type ExactlyOne<S> = { [K in keyof S]: { [P in K]: S[P] } & { [P in Exclude<keyof S, K>]?: undefined } }[keyof S];
type Outputs<S extends Record<string, z.ZodType>> = { [K in keyof S]: z.output<S[K]> };
type Inputs<S extends Record<string, z.ZodType>> = { [K in keyof S]: z.input<S[K]> };

/** A union as one object of which exactly one field is set: `oneof` in protobuf, `@oneOf` in GraphQL. */
export function oneOf<S extends Record<string, z.ZodType>>(name: string, variants: S) {
  const fields = Object.fromEntries(Object.entries(variants).map(([key, schema]) => [key, schema.optional()]));
  const schema = z
    .object(fields)
    .refine((value) => Object.values(value).filter((variant) => variant !== undefined).length === 1, {
      error: `Exactly one of ${Object.keys(variants).join(', ')} must be set`,
    })
    .meta({ id: name, oneOf: true });
  return schema as unknown as z.ZodType<ExactlyOne<Outputs<S>>, ExactlyOne<Inputs<S>>>;
}

/** A credential: never logged, never stored with an idempotency key. */
export const secret = <T extends z.ZodType>(schema: T): T => schema.meta({ ...schema.meta(), secret: true }) as T;

/** Integer minor units and an ISO 4217 code: `{ amount: 1999, currency: 'EUR' }`. */
export const Money = view('Money', {
  amount: z.int(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .refine(isCleanText),
});
