import { readFileSync } from 'node:fs';
import { chown, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A server as its pid file describes it. */
export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

/** Beyond what any kernel gives out. */
const IMPOSSIBLE_PID = 2_147_483_647;

/** The last server of the data directory `data`; it may be gone, or run where its pid means nothing here. */
export async function recordedServer(data: string): Promise<ServerProcess | undefined> {
  const lines = await pidFile(data);
  const pid = Number(lines?.[0]);
  if (!lines || !pid) return undefined;
  return { pid, port: Number(lines[3]), status: lines[7]?.trim() ?? 'starting' };
}

/** The server that runs on `data` among the processes that this one sees; it may still be starting or stopping. */
export async function findServer(data: string): Promise<ServerProcess | undefined> {
  const server = await recordedServer(data);
  return server && isAlive(server.pid, data) ? server : undefined;
}

const pidFile = (data: string): Promise<string[] | undefined> =>
  readFile(join(data, 'postmaster.pid'), 'utf8').then(
    (text) => text.split('\n'),
    () => undefined,
  );

/** Whether `pid` is the server of `data`: not a zombie, and not a stranger that was given the pid of a dead server. */
export function isAlive(pid: number, data: string): boolean {
  const status = procFile(pid, 'stat');
  if (status === undefined) return procFile('self', 'stat') === undefined && answersSignals(pid);
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

function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * A new server refuses to start while the pid in a dead one's file exists, be it a zombie or a stranger by now.
 * The rest of the file stays: by it PostgreSQL sees whether children of the dead server still hold its shared memory.
 */
export async function disownPidFile(data: string): Promise<void> {
  const path = join(data, 'postmaster.pid');
  const lines = await pidFile(data);
  if (!lines) return;
  const { uid, gid } = await stat(path);
  await writeFile(`${path}.new`, [IMPOSSIBLE_PID, ...lines.slice(1)].join('\n'), { mode: 0o600 });
  await chown(`${path}.new`, uid, gid);
  await rename(`${path}.new`, path);
}
