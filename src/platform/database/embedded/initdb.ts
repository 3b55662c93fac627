import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentWith } from '../../config/configuration-from-environment.js';
import type { Account } from './account.js';
import type { Binaries } from './binaries.js';
import { diskFull, EmbeddedPostgresError } from './embedded-postgres-error.js';

interface Place {
  readonly folder: string;
  readonly account: Account;
  readonly binaries: Binaries;
}

interface Attempt {
  readonly code: number | null;
  readonly output: string;
}

/** initdb needs a user name for its uid; PostgreSQL does not. */
const NAMELESS = /could not look up effective user ID (\d+)/;

export async function initdb({ account, binaries, folder }: Place, draft: string, fsync: boolean): Promise<void> {
  const command = [binaries.initdb, ...initdbArguments(draft, fsync)];
  const first = await attempt(account, command).catch((cause: NodeJS.ErrnoException) => {
    throw new EmbeddedPostgresError(
      `The PostgreSQL binaries do not start (${cause.message}); they need glibc on Linux: set DATABASE_URL to a PostgreSQL server`,
      { cause },
    );
  });
  const [, uid] = NAMELESS.exec(first.output) ?? [];
  const { code, output } = uid ? await withName(uid, account, command, draft) : first;
  if (code === 0) return;
  throw (await diskFull(folder, output)) ?? new EmbeddedPostgresError(`initdb failed in ${folder}: ${output.trim()}`);
}

function initdbArguments(draft: string, fsync: boolean): string[] {
  const args = ['-D', join(draft, 'data'), '--username=postgres', '--auth=scram-sha-256'];
  args.push(`--pwfile=${join(draft, 'password')}`, '--encoding=UTF8', '--locale=C');
  args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions');
  args.push('-c', 'timezone=UTC', '-c', 'log_timezone=UTC', ...(fsync ? [] : ['--no-sync']));
  return args;
}

/** Gives `uid` a user name: by nss_wrapper if installed, else by the user namespace of an account that has one. */
async function withName(uid: string, account: Account, command: string[], draft: string): Promise<Attempt> {
  const names = join(draft, 'passwd');
  await writeFile(names, `postgres:x:${uid}:${uid}::/:/bin/false\n`);
  const wrapper = { LD_PRELOAD: 'libnss_wrapper.so', NSS_WRAPPER_PASSWD: names, NSS_WRAPPER_GROUP: '/dev/null' };
  const wrapped = await attempt(account, command, wrapper);
  await rm(names);
  if (!NAMELESS.test(wrapped.output)) return wrapped;
  const named = await namedUid();
  const asNamed = ['unshare', '--user', `--map-user=${named}`, `--map-group=${named}`];
  const mapped = named && (await attempt(account, [...asNamed, ...command]).catch(() => undefined));
  if (mapped && !mapped.output.startsWith('unshare:')) return mapped;
  throw new EmbeddedPostgresError(
    `PostgreSQL needs a name for user id ${uid}, which has no entry in /etc/passwd here: add one, install libnss-wrapper, allow user namespaces, or set DATABASE_URL`,
  );
}

async function namedUid(): Promise<string | undefined> {
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return /^[^:]*:[^:]*:([1-9]\d*):/m.exec(accounts)?.[1];
}

async function attempt(account: Account, [program = '', ...args]: string[], names = {}): Promise<Attempt> {
  const env = environmentWith(names);
  const child = account.spawn(program, args, { cwd: '/', env, stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  return { code, output };
}
