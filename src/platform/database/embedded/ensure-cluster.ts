import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { environmentWith } from '../../config/configuration-from-environment.js';
import type { Account } from './account.js';
import { MAJOR_VERSION, program } from './binaries.js';
import type { Cluster } from './cluster.js';
import { diskFull, EmbeddedPostgresError } from './embedded-postgres-error.js';

/** initdb needs a user name for its uid; PostgreSQL does not. */
const NAMELESS = /could not look up effective user ID (\d+)/;

interface Attempt {
  readonly code: number | null;
  readonly output: string;
}

/** Creates a missing cluster under a temporary name, then renames it: a kill leaves none or a complete one. */
export async function ensureCluster(cluster: Cluster): Promise<void> {
  await removeDrafts(cluster.folder);
  if (!(await holdsData(cluster))) await createCluster(cluster);
  if (!(await stat(cluster.place).catch(() => undefined))) await symlink(cluster.folder, cluster.place);
}

async function holdsData({ folder, data }: Cluster): Promise<boolean> {
  const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (version === undefined) return refuseOtherFiles(folder);
  if (version.trim() === MAJOR_VERSION) return true;
  throw new EmbeddedPostgresError(
    `${folder} holds data of PostgreSQL ${version.trim()}, this program brings PostgreSQL ${MAJOR_VERSION}: move the data over with pg_dump of version ${version.trim()}, or remove it with npm run reset`,
  );
}

async function refuseOtherFiles(folder: string): Promise<false> {
  const entries = await readdir(folder).catch(() => []);
  if (entries.length === 0) return false;
  throw new EmbeddedPostgresError(
    `${folder} is not empty and holds no database: move it away, or choose another DATA_DIR`,
  );
}

async function createCluster(cluster: Cluster): Promise<void> {
  const draft = `${cluster.folder}.init-${randomUUID()}`;
  try {
    await mkdir(draft, { mode: 0o700 });
    const password = join(draft, 'password');
    await writeFile(password, randomBytes(24).toString('base64url'), { mode: 0o600 });
    const { uid } = cluster.account;
    if (uid) for (const path of [draft, password]) await chown(path, uid, uid);
    await initdb(cluster, draft);
    await rename(draft, cluster.folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    if (error instanceof EmbeddedPostgresError) throw error;
    throw (await diskFull(cluster.folder, (error as Error).message)) ?? error;
  }
}

async function removeDrafts(folder: string): Promise<void> {
  const parent = dirname(folder);
  const drafts = (await readdir(parent)).filter((entry) => entry.startsWith(`${basename(folder)}.init-`));
  // an orphaned initdb may still write: the next start tries again
  for (const draft of drafts) await rm(join(parent, draft), { recursive: true, force: true }).catch(() => undefined);
}

async function initdb({ account, binaries, folder, fsync }: Cluster, draft: string): Promise<void> {
  const command = [program(binaries, 'initdb'), ...initdbArguments(draft, fsync)];
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

async function attempt(account: Account, [file = '', ...args]: string[], names = {}): Promise<Attempt> {
  const env = environmentWith(names);
  const child = account.spawn(file, args, { cwd: '/', env, stdio: ['ignore', 'ignore', 'pipe'] });
  const [[code], output] = await Promise.all([once(child, 'close'), child.stderr ? text(child.stderr) : '']);
  return { code, output };
}
