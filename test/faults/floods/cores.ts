import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** That this process may use: `0-1,4`. */
function allowedCores(): readonly number[] {
  const [, list = ''] = /^Cpus_allowed_list:\s+(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

const [serverCore, clientCore] = process.platform === 'linux' ? allowedCores() : [];

/** One for the server and one for its clients. */
export const hasTwoCores = clientCore !== undefined;

function pin(pid: number, core: number | undefined): void {
  const { status, stderr } = spawnSync('taskset', ['-apc', String(core), String(pid)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`taskset: ${stderr}`);
}

/** On a core of its own a server has all its time for itself. */
export const pinServer = (pid: number): void => pin(pid, serverCore);
export const pinClient = (pid: number): void => pin(pid, clientCore);
