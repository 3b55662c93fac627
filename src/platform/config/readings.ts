import { isIP } from 'node:net';
import { compile } from '@fastify/proxy-addr';
import { z } from 'zod';
import { protocols } from '../../contract/operation.js';
import { Email } from '../../contract/values.js';
import { parseGrpcTarget } from './grpc-target.js';

/** Text of a variable to its value. Messages complete `PORT: "x" …`, descriptions `Set it to …`. */

export const text = z.string();

export const withoutProblem = (problemOf: (value: string) => string | undefined) =>
  text.superRefine((value, context) => {
    const message = problemOf(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

export function errorOf(read: () => unknown): NodeJS.ErrnoException | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

export const pemFile = text.describe('the path of a PEM file');

export function wholeNumber(min: number, max: number) {
  const message = `is not a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message))
    .describe(`a whole number from ${min} to ${max}`);
}

export const milliseconds = wholeNumber(1, 24 * 3_600_000);

export const bytes = wholeNumber(1024, 1024 ** 3);

export const host = z
  .string()
  .transform((value) => value.replace(/^\[(.*:.*)\]$/, '$1'))
  .refine((value) => (isIP(value) !== 0 && !value.includes('%')) || /^\w[\w.-]*$/.test(value), {
    message: 'is neither an address nor a name',
  });

export const port = wholeNumber(0, 65_535).describe('a free TCP port such as 3000');

export const flag = z
  .enum(['true', 'false'], 'is neither true nor false')
  .transform((value) => value === 'true')
  .describe('true or false');

export function choice<const T extends readonly string[]>(names: T) {
  return z.enum(names, `is not one of ${names.join(', ')}`).describe(`one of ${names.join(', ')}`);
}

export const severity = choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']);

export const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const splitPairs = (items: readonly string[]): readonly (readonly [name: string, value: string])[] =>
  items.map((item) => [item.slice(0, item.indexOf('=')), item.slice(item.indexOf('=') + 1)]);

/** `name=value,name=value`, values percent-encoded where needed. */
export const headers = list
  .refine((items) => items.every((item) => /^[\w!#$%&'*+.^`|~-]+=[\x21-\x7e]*$/.test(item)), 'is no list of name=value')
  .transform((items) => Object.fromEntries(splitPairs(items).map(([name, value]) => [name, decoded(value)])))
  .describe('a list such as signoz-ingestion-key=abc,x-team=core');

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

export const ratio = z
  .string()
  .regex(/^(0|1|0?\.\d{1,9}|1\.0+|0\.0+)$/, 'is not a number from 0 to 1')
  .transform(Number)
  .describe('a number from 0 to 1');

/** `one=true,other=false`; the last value of a name wins. */
export const onOff = list
  .refine(
    (items) => items.every((item) => /^[a-z][a-z0-9-]*=(true|false)$/.test(item)),
    'is no list of name=true or name=false',
  )
  .transform((items) => Object.fromEntries(splitPairs(items).map(([name, value]) => [name, value === 'true'])))
  .describe('a list such as new-search=true,old-export=false');

export const protocolNames = list.pipe(z.array(choice(protocols)).min(1, 'names nothing'));

export function url(...schemes: readonly [string, ...string[]]) {
  const prefixes = schemes.map((scheme) => `${scheme}://`).join(' or ');
  return z.string().refine((value) => URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1)), {
    message: `is not a URL that begins with ${prefixes}`,
    abort: true,
  });
}

export const grpcTarget = withoutProblem((value) => {
  const error = errorOf(() => parseGrpcTarget(value));
  return error && `is no gRPC target: ${error.message}`;
});

const isOrigin = (value: string) => URL.canParse(value) && new URL(value).origin === value;

export const origins = list
  .refine((values) => values.every(isOrigin), 'holds something that is no origin')
  .describe('a list such as https://app.example.com,http://localhost:5173');

export const email = z
  .string()
  .refine((value) => Email.safeParse(value).success, 'is not an email address')
  .describe('an email address');

export const networks = list
  .superRefine((items, context) => {
    for (const item of items.filter((each) => errorOf(() => compile(each))))
      context.addIssue({ code: 'custom', message: `holds ${item}, which is neither an address nor a network` });
  })
  .describe('a list such as 10.0.0.0/8,127.0.0.1');

const KEY_BYTES = 32;

export const key = z
  .string()
  .transform((value) => Buffer.from(value, /^[0-9a-f]{64}$/i.test(value) ? 'hex' : 'base64'))
  .refine((read) => read.length === KEY_BYTES, `is not a key of ${KEY_BYTES} bytes in base64 or hex`)
  .describe('the output of: openssl rand -base64 32');
