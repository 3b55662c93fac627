import { readFile, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Cluster, locateCluster } from './cluster.js';
import { exclusive } from './exclusive.js';
import { Membership } from './membership.js';
import { findServer } from './server-process.js';
import { terminate } from './terminate.js';

/**
 * Stops the embedded PostgreSQL of `dataDir` and removes its data for ever, unless other processes use it.
 * Nothing else in the folder is touched.
 */
export async function removeEmbeddedData(dataDir: string): Promise<'removed' | 'in use'> {
  const cluster = await locateCluster(dataDir);
  return exclusive(cluster.folder, async () => {
    if (!(await stopUnused(cluster))) return 'in use';
    for (const path of [cluster.folder, join(resolve(dataDir), 'postgres')])
      await rm(path, { recursive: true, force: true });
    // Only if it is empty now.
    await rmdir(dataDir).catch(() => undefined);
    return 'removed';
  });
}

async function stopUnused(cluster: Cluster): Promise<boolean> {
  const server = await findServer(cluster.data);
  if (!server) return true;
  const password = await readFile(join(cluster.folder, 'password'), 'utf8');
  const membership = await Membership.join(server.port, password, () => undefined);
  if ((await membership.leave()) === 'others remain') return false;
  await terminate(cluster, server);
  return true;
}
