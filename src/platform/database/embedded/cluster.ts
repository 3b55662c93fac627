import { createHash } from 'node:crypto';
import { mkdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Account, accountFor, copyOnce, reachableBy } from './account.js';
import { findBinaries, MAJOR_VERSION, program } from './binaries.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { LockFile } from './file-lock.js';

export interface Cluster {
  /** Canonical path: the same in every process. */
  readonly folder: string;
  /** In DATA_DIR: the folder, or a link to it. */
  readonly place: string;
  readonly data: string;
  readonly log: string;
  /** Held by the server processes, and while the cluster is created, started or removed. */
  readonly lock: LockFile;
  /** Held while a process joins or leaves. */
  readonly turn: LockFile;
  readonly account: Account;
  readonly fsync: boolean;
  readonly binaries: string;
}

/** For root, where uid 65534 cannot access the default folders. */
const SHARED_HOME = '/var/lib/nestjs-mstv';

export async function locateCluster(dataDir: string, fsync = true): Promise<Cluster> {
  const place = join(await makeFolder(resolve(dataDir)), 'postgres');
  const existing = await realpath(place).catch(() => place);
  const account = await accountFor(existing);
  const { uid } = account;
  const found = await findBinaries();
  const folder = uid ? await reachableFolder(existing, uid) : existing;
  return {
    folder,
    place,
    data: join(folder, 'data'),
    log: join(folder, 'server.log'),
    lock: { path: `${folder}.lock`, uid },
    turn: { path: `${folder}.turn`, uid },
    account,
    fsync,
    binaries: uid ? await reachableBinaries(found, uid) : found,
  };
}

async function makeFolder(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true, mode: 0o755 });
    return await realpath(path);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The data folder ${path} cannot be made: ${(cause as Error).message}; choose another DATA_DIR`,
      { cause },
    );
  }
}

async function reachableFolder(folder: string, uid: number): Promise<string> {
  if (await reachableBy(uid, dirname(folder))) return folder;
  if (await stat(folder).catch(() => undefined))
    throw new EmbeddedPostgresError(
      `PostgreSQL has to run as uid ${uid} here, which cannot reach its data in ${folder}: open the way to it (chmod o+x), or allow user namespaces`,
    );
  await mkdir(SHARED_HOME, { recursive: true, mode: 0o755 });
  return join(SHARED_HOME, shortHash(folder));
}

async function reachableBinaries(binaries: string, uid: number): Promise<string> {
  if (await reachableBy(uid, program(binaries, 'postgres'))) return binaries;
  const copy = join(SHARED_HOME, `binaries-${MAJOR_VERSION}-${shortHash(binaries)}`);
  await copyOnce(binaries, copy);
  return copy;
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

export const readPassword = ({ folder }: Cluster): Promise<string> => readFile(join(folder, 'password'), 'utf8');
