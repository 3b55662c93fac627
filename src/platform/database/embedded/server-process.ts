import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chown, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { program } from './binaries.js';
import type { Cluster } from './cluster.js';

export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

const IMPOSSIBLE_PID = 2_147_483_647;

/** As of the last start: it may be gone, or its pid may belong to another container. */
export async function recordedServer(data: string): Promise<ServerProcess | undefined> {
  const lines = await pidFile(data);
  const pid = Number(lines?.[0]);
  if (!lines || !pid) return undefined;
  return { pid, port: Number(lines[3]), status: lines[7]?.trim() ?? 'starting' };
}

/** Running on `data` and visible to this process; may be starting or stopping. */
export async function findServer(data: string): Promise<ServerProcess | undefined> {
  const server = await recordedServer(data);
  return server && isAlive(server.pid, data) ? server : undefined;
}

const pidFile = (data: string): Promise<string[] | undefined> =>
  readFile(join(data, 'postmaster.pid'), 'utf8').then(
    (text) => text.split('\n'),
    () => undefined,
  );

/** Neither a zombie nor an unrelated process with a reused pid. */
function isAlive(pid: number, data: string): boolean {
  const status = procFile(pid, 'stat');
  if (status === undefined) return procFile('self', 'stat') === undefined && signal(pid, 0);
  const state = status.slice(status.lastIndexOf(')') + 2)[0];
  return state !== 'Z' && state !== 'X' && (procFile(pid, 'cmdline') ?? '').split('\0').includes(data);
}

function procFile(pid: number | 'self', name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** Returns whether the process exists. */
function signal(pid: number, name: 'SIGINT' | 'SIGQUIT' | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A reused pid would block the start. The rest of the file stays: PostgreSQL checks its shared memory by it. */
export async function disownPidFile(data: string): Promise<void> {
  const path = join(data, 'postmaster.pid');
  const lines = await pidFile(data);
  if (!lines) return;
  const { uid, gid } = await stat(path);
  await writeFile(`${path}.new`, [IMPOSSIBLE_PID, ...lines.slice(1)].join('\n'), { mode: 0o600 });
  await chown(`${path}.new`, uid, gid);
  await rename(`${path}.new`, path);
}

const STOP_LIMIT_MS = 10_000;

/** Fast shutdown, else immediate: both keep committed data. Resolves when the process is gone. */
export async function terminate({ binaries, data }: Cluster, { pid }: ServerProcess): Promise<void> {
  if (process.platform === 'win32') {
    await promisify(execFile)(program(binaries, 'pg_ctl'), ['stop', '-D', data, '-m', 'fast', '-w']);
    return;
  }
  for (const name of ['SIGINT', 'SIGQUIT'] as const) {
    signal(pid, name);
    const limit = performance.now() + STOP_LIMIT_MS;
    while (isAlive(pid, data) && performance.now() < limit) await delay(5);
    if (!isAlive(pid, data)) return;
  }
}
