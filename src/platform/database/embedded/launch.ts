import { once } from 'node:events';
import { closeSync, fchownSync, openSync } from 'node:fs';
import { type FileHandle, readFile, stat, truncate } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { program } from './binaries.js';
import type { Cluster } from './cluster.js';
import { diskFull, EmbeddedPostgresError, unusableData } from './embedded-postgres-error.js';
import { disownPidFile, findServer, type ServerProcess } from './server-process.js';

const START_LIMIT_MS = 60_000;
const LOG_LIMIT_BYTES = 5 * 1024 * 1024;
/** Children of a killed server exit a moment later. */
const LEFTOVERS = /pre-existing shared memory block|lock file "postmaster\.pid" already exists/;
const DENIED = /: {2}(.* (?:Permission denied|has wrong ownership))/;
const PORT_TAKEN = /could not bind .* address/i;

/** The server holds the lock and outlives this process. Resolves when it accepts connections. */
export async function launch(cluster: Cluster, lock: FileHandle, fixedPort?: number): Promise<ServerProcess> {
  const limit = performance.now() + START_LIMIT_MS;
  for (;;) {
    await disownPidFile(cluster.data).catch(async (error: Error) => {
      throw (await diskFull(cluster.folder, error.message)) ?? error;
    });
    const port = fixedPort ?? (await usablePort(cluster));
    const output = await start(cluster, lock, port, limit);
    if (typeof output !== 'string') return output;
    const again = LEFTOVERS.test(output) || (PORT_TAKEN.test(output) && fixedPort === undefined);
    if (!again || performance.now() > limit) throw await startError(cluster, port, output);
    await delay(50);
  }
}

async function start(cluster: Cluster, lock: FileHandle, port: number, limit: number): Promise<ServerProcess | string> {
  const logStart = await logSize(cluster);
  const log = openSync(cluster.log, 'a', 0o600);
  if (cluster.account.uid) fchownSync(log, cluster.account.uid, cluster.account.uid);
  const child = cluster.account.spawn(program(cluster.binaries, 'postgres'), serverArguments(cluster, port), {
    cwd: '/',
    detached: true,
    windowsHide: true,
    // inherited: freed when its last process exits
    stdio: ['ignore', log, log, lock.fd],
  });
  closeSync(log);
  child.unref();
  let failed: string | undefined;
  child.once('error', (error) => {
    failed = error.message;
  });
  child.once('exit', () => {
    failed ??= '';
  });
  while (failed === undefined && performance.now() < limit) {
    const server = await findServer(cluster.data);
    if (server?.status === 'ready') return server;
    await delay(5);
  }
  const written = await readFile(cluster.log, 'utf8').catch(() => '');
  return `${failed ?? 'it took too long'}\n${written.slice(logStart)}`;
}

function serverArguments({ data, fsync }: Cluster, port: number): string[] {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=32MB',
    'io_method=sync',
    'jit=off',
    'wal_level=minimal',
    'max_wal_senders=0',
    'max_logical_replication_workers=0',
    ...(fsync ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  return ['-D', data, '-p', `${port}`, ...settings.flatMap((setting) => ['-c', setting])];
}

async function logSize({ log }: Cluster): Promise<number> {
  const size = await stat(log).then(
    (found) => found.size,
    () => 0,
  );
  if (size < LOG_LIMIT_BYTES) return size;
  await truncate(log);
  return 0;
}

/** Of the last start, so that clients reconnect; another one if it is taken. */
async function usablePort({ data }: Cluster): Promise<number> {
  const lastStart = await readFile(join(data, 'postmaster.opts'), 'utf8').catch(() => '');
  const last = Number(/"-p" "(\d+)"/.exec(lastStart)?.[1] ?? 0);
  return (await freePort(last)) ?? (await freePort(0)) ?? 0;
}

async function freePort(wanted: number): Promise<number | undefined> {
  await using probe = createServer().listen({ port: wanted, host: '127.0.0.1', exclusive: true });
  return await once(probe, 'listening').then(
    () => (probe.address() as AddressInfo).port,
    () => undefined,
  );
}

async function startError(cluster: Cluster, port: number, output: string): Promise<EmbeddedPostgresError> {
  if (PORT_TAKEN.test(output))
    return new EmbeddedPostgresError(
      `Port ${port} for the embedded PostgreSQL is taken: free it, or choose another one`,
    );
  const full = await diskFull(cluster.folder, output);
  const [, denied] = DENIED.exec(output) ?? [];
  if (!full && denied !== undefined) return unusableData(`${denied}; see ${cluster.log}`);
  return full ?? new EmbeddedPostgresError(`The embedded PostgreSQL did not start (${cluster.log}): ${output.trim()}`);
}
