import { readFileSync } from 'node:fs';
import { errorOf, url } from './readings.js';

/** Supported parameters of libpq and Prisma. */
const parameters: Readonly<Record<string, RegExp>> = {
  application_name: /./,
  host: /^\//,
  options: /./,
  sslcert: /./,
  sslkey: /./,
  sslmode: /^(disable|prefer|require|verify-ca|verify-full|no-verify)$/,
  sslnegotiation: /^(postgres|direct)$/,
  sslrootcert: /./,
  uselibpqcompat: /^(true|false)$/,
  // no effect: this program always works behind PgBouncer
  pgbouncer: /^true$/,
  schema: /^public$/,
};

const files = new Set(['sslcert', 'sslkey', 'sslrootcert']);

const remedies: Readonly<Record<string, string>> = {
  connection_limit: 'DATABASE_POOL_SIZE says how many connections there are',
  schema: 'tables are in the schema public: take a database of its own',
};

function fileProblem(path: string): string | undefined {
  const code = errorOf(() => readFileSync(path))?.code;
  return code === 'ENOENT' ? 'there is no such file' : code && `"${path}" cannot be read (${code})`;
}

/** What would be ignored or misread. Never includes secrets. */
function* problems(text: string): Generator<string> {
  const { hostname, pathname, hash, searchParams } = new URL(text);
  if (errorOf(() => decodeURIComponent(text))) yield 'has a % that encodes nothing (%25 is a %)';
  if (hostname === '' && !searchParams.has('host')) yield 'names no host';
  if (hostname.includes(',')) yield 'names more than one host';
  if (pathname.length < 2) yield 'names no database';
  if (hash !== '') yield 'has a # (%23 in a password)';
  for (const [name, value] of searchParams) {
    if (parameters[name]?.test(value)) {
      const problem = files.has(name) && fileProblem(value);
      if (problem) yield `has the parameter ${name}, but ${problem}`;
      continue;
    }
    yield `has the parameter ${name}, which is not supported (${remedies[name] ?? `known are ${Object.keys(parameters).join(', ')}`})`;
  }
}

export const databaseUrl = url('postgresql', 'postgres')
  .superRefine((text, context) => {
    for (const message of problems(text)) context.addIssue({ code: 'custom', message });
  })
  .describe('postgresql://user:password@host:5432/database');

/** The Redis client ignores everything but user, password, host, port and database number. */
export const redisUrl = url('redis', 'rediss')
  .refine(
    (text) => /^\/?\d*$/.test(new URL(text).pathname) && !/[?#]/.test(text),
    'has something after the host that is no number of a database',
  )
  .describe('redis://user:password@host:6379/0');
