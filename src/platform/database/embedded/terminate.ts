import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Cluster } from './cluster.js';
import { isAlive, type ServerProcess } from './server-process.js';

const FAST_STOP_LIMIT_MS = 10_000;

/** Stops a server and waits until its process is gone: clients are cut off, committed data is safe. */
export async function terminate({ binaries, data }: Cluster, { pid }: ServerProcess): Promise<void> {
  if (process.platform === 'win32') {
    await promisify(execFile)(binaries.pgCtl, ['stop', '-D', data, '-m', 'fast', '-w']);
    return;
  }
  signal(pid, 'SIGINT');
  if (await gone(pid, data, FAST_STOP_LIMIT_MS)) return;
  signal(pid, 'SIGQUIT');
  await gone(pid, data, FAST_STOP_LIMIT_MS);
}

function signal(pid: number, name: 'SIGINT' | 'SIGQUIT'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It went by itself.
  }
}

async function gone(pid: number, data: string, limitMs: number): Promise<boolean> {
  for (const limit = performance.now() + limitMs; performance.now() < limit; await delay(5))
    if (!isAlive(pid, data)) return true;
  return false;
}
