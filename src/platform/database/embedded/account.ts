import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

const run = promisify(execFile);
const NOBODY = 65534;
const NAMESPACE = ['--user', '--map-user=1000', '--map-group=1000'];

/** Operating system account for PostgreSQL, which refuses to run as root. */
export interface Account {
  /** Owner of the data folder; undefined for the account of this process. */
  readonly uid: number | undefined;
  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess;
}

const sameAccount: Account = { uid: undefined, spawn: (command, args, options) => spawn(command, args, options) };

/** Another uid that keeps root's access: binaries and data may be in folders of root. */
const userNamespace: Account = {
  uid: 0,
  spawn: (command, args, options) => spawn('unshare', [...NAMESPACE, command, ...args], options),
};

const otherAccount = (uid: number): Account => ({
  uid,
  spawn: (command, args, options) => spawn(command, args, { ...options, uid, gid: uid }),
});

/** Owner of `folder` or its parent; for root a user namespace, else uid 65534. */
export async function accountFor(folder: string): Promise<Account> {
  if (process.getuid?.() !== 0) return sameAccount;
  const { uid } = await stat(folder).catch(() => stat(dirname(folder)));
  if (uid !== 0) return otherAccount(uid);
  return (await namespacesWork()) ? userNamespace : otherAccount(NOBODY);
}

const namespacesWork = (): Promise<boolean> =>
  run('unshare', [...NAMESPACE, 'true']).then(
    () => true,
    () => false,
  );

export async function reachableBy(uid: number, path: string): Promise<boolean> {
  try {
    await run('/bin/sh', ['-c', 'test -x "$0"', path], { uid, gid: uid, cwd: '/' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
    throw new EmbeddedPostgresError(
      'PostgreSQL does not run as root, and here root can neither make a user namespace nor become another user: run this program as an ordinary user, or set DATABASE_URL',
    );
  }
}

export async function copyOnce(source: string, target: string): Promise<void> {
  if (await stat(target).catch(() => undefined)) return;
  const copy = `${target}.${process.pid}`;
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  await cp(source, copy, { recursive: true, verbatimSymlinks: true });
  await rename(copy, target).catch(() => rm(copy, { recursive: true }));
}
