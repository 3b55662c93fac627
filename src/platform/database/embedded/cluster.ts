import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Account, accountFor, copyOnce, giveTo, reachableBy } from './account.js';
import { type Binaries, findBinaries, MAJOR_VERSION } from './binaries.js';
import { diskFull, EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { LockFile } from './file-lock.js';
import { initdb } from './initdb.js';

export interface Cluster {
  /** Canonical path: the same in every process. */
  readonly folder: string;
  readonly data: string;
  readonly log: string;
  /** Held by the server processes, and while the cluster is created, started or removed. */
  readonly lock: LockFile;
  /** Held while a process joins or leaves. */
  readonly turn: LockFile;
  readonly account: Account;
  readonly binaries: Binaries;
}

/** For root, where uid 65534 cannot access the default folders. */
const SHARED_HOME = '/var/lib/nestjs-mstv';

export async function locateCluster(dataDir: string): Promise<Cluster> {
  const parent = await makeFolder(resolve(dataDir));
  const wanted = join(parent, 'postgres');
  const folder = await realpath(wanted).catch(() => wanted);
  const account = await accountFor(folder);
  const binaries = await findBinaries();
  if (!account.uid) return clusterAt(folder, account, binaries);
  return clusterAt(await reachableFolder(folder, account.uid), account, await reachableBinaries(binaries, account.uid));
}

const clusterAt = (folder: string, account: Account, binaries: Binaries): Cluster => ({
  folder,
  data: join(folder, 'data'),
  log: join(folder, 'server.log'),
  lock: { path: `${folder}.lock`, uid: account.uid },
  turn: { path: `${folder}.turn`, uid: account.uid },
  account,
  binaries,
});

async function makeFolder(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true, mode: 0o755 });
    return await realpath(path);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The data folder ${path} cannot be made: ${(cause as Error).message}; choose another DATA_DIR`,
      {
        cause,
      },
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
  return join(SHARED_HOME, createHash('sha256').update(folder).digest('hex').slice(0, 16));
}

async function reachableBinaries(binaries: Binaries, uid: number): Promise<Binaries> {
  if (await reachableBy(uid, binaries.postgres)) return binaries;
  const version = createHash('sha256').update(binaries.home).digest('hex').slice(0, 16);
  const home = join(SHARED_HOME, `binaries-${MAJOR_VERSION}-${version}`);
  await copyOnce(binaries.home, home);
  const at = (path: string) => join(home, 'bin', basename(path));
  return { home, initdb: at(binaries.initdb), postgres: at(binaries.postgres), pgCtl: at(binaries.pgCtl) };
}

/** Creates a missing cluster under a temporary name, then renames it: a kill leaves none or a complete one. */
export async function ensureCluster(cluster: Cluster, dataDir: string, fsync: boolean): Promise<void> {
  await removeDrafts(cluster.folder);
  if (!(await holdsData(cluster))) await createCluster(cluster, fsync);
  const wanted = join(resolve(dataDir), 'postgres');
  if (!(await stat(wanted).catch(() => undefined))) await symlink(cluster.folder, wanted);
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

async function createCluster(cluster: Cluster, fsync: boolean): Promise<void> {
  const draft = `${cluster.folder}.init-${randomUUID()}`;
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(join(draft, 'password'), randomBytes(24).toString('base64url'), { mode: 0o600 });
    if (cluster.account.uid) await giveTo(cluster.account.uid, draft);
    await initdb(cluster, draft, fsync);
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

export const readPassword = ({ folder }: Cluster): Promise<string> => readFile(join(folder, 'password'), 'utf8');
