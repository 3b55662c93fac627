import { readFile, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Cluster, locateCluster } from './cluster.js';
import { explainFileError } from './embedded-postgres-error.js';
import { exclusive, tryLock } from './file-lock.js';
import { Membership } from './membership.js';
import { findServer } from './server-process.js';
import { terminate } from './terminate.js';

/**
 * Stops the embedded PostgreSQL of `dataDir` and removes its data for ever, unless other processes use it.
 * Nothing else in the folder is touched.
 */
export async function removeEmbeddedData(dataDir: string): Promise<'removed' | 'in use'> {
  try {
    const cluster = await locateCluster(dataDir);
    return await exclusive(cluster.turn, () => remove(cluster, dataDir));
  } catch (error) {
    throw explainFileError(error);
  }
}

async function remove(cluster: Cluster, dataDir: string): Promise<'removed' | 'in use'> {
  await stopUnused(cluster);
  const lock = await tryLock(cluster.lock);
  if (!lock) return 'in use';
  for (const path of [cluster.folder, join(resolve(dataDir), 'postgres')])
    await rm(path, { recursive: true, force: true });
  await lock.close();
  await rm(cluster.lock.path);
  // Windows keeps what is open.
  await rm(cluster.turn.path).catch(() => undefined);
  // Only if it is empty now.
  await rmdir(dataDir).catch(() => undefined);
  return 'removed';
}

async function stopUnused(cluster: Cluster): Promise<void> {
  const server = await findServer(cluster.data);
  if (!server) return;
  const password = await readFile(join(cluster.folder, 'password'), 'utf8');
  const membership = await Membership.join(server.port, password, () => undefined);
  if ((await membership.leave()) === 'was the last') await terminate(cluster, server);
}
