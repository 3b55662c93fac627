import { rm, rmdir } from 'node:fs/promises';
import { type Cluster, locateCluster, readPassword } from './cluster.js';
import { explainFileError } from './embedded-postgres-error.js';
import { exclusive, tryLock } from './file-lock.js';
import { Membership } from './membership.js';
import { findServer } from './server-process.js';

/** Stops the server and removes only its data, unless other processes use it. */
export async function removeEmbeddedData(dataDir: string): Promise<'removed' | 'in use'> {
  try {
    const cluster = await locateCluster(dataDir);
    return await exclusive(cluster.turn, () => remove(cluster, dataDir));
  } catch (error) {
    throw explainFileError(error);
  }
}

async function remove(cluster: Cluster, dataDir: string): Promise<'removed' | 'in use'> {
  const server = await findServer(cluster.data);
  if (server) {
    const membership = await Membership.join(server.port, await readPassword(cluster), () => undefined);
    await membership.leave(cluster);
  }
  const lock = await tryLock(cluster.lock);
  if (!lock) return 'in use';
  for (const path of [cluster.folder, cluster.place]) await rm(path, { recursive: true, force: true });
  await lock.close();
  await rm(cluster.lock.path);
  // Windows cannot remove an open file
  await rm(cluster.turn.path).catch(() => undefined);
  await rmdir(dataDir).catch(() => undefined);
  return 'removed';
}
