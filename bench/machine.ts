import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';

const gibibyte = 2 ** 30;
/** USER_HZ, which Linux has fixed: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const microsecondsPerTick = 10_000;

/** What the figures were measured on, and how busy it was. */
export function machine(): string {
  const processors = cpus();
  return [
    `${processors.length} x ${processors[0]?.model ?? 'unknown processor'}`,
    `${(totalmem() / gibibyte).toFixed(0)} GiB`,
    `${platform()} ${release()} ${arch()}`,
    `Node ${process.versions.node}`,
    `load ${loadavg()[0]?.toFixed(1)} at the start`,
  ].join(', ');
}

/** Memory of a process in MiB: resident, and its share of it where other processes map the same pages; Linux only. */
export function memoryOf(pid: number): { readonly rss: number; readonly pss: number } {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const mebibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1]) / 1024;
  return { rss: mebibytes('Rss'), pss: mebibytes('Pss') };
}

function fieldsOf(pid: number): readonly number[] {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '');
  return afterName.split(' ').map(Number);
}

/** Of all threads of a process so far, microseconds in steps of 10,000; Linux only. */
export function cpuOf(pid: number): number {
  return sum(fieldsOf(pid).slice(11, 13)) * microsecondsPerTick;
}

/** Of the children of a process that have ended, as `cpuOf`. */
export const cpuOfEndedChildren = (pid: number): number => sum(fieldsOf(pid).slice(13, 15)) * microsecondsPerTick;

export const parentOf = (pid: number): number => fieldsOf(pid)[1] ?? 0;

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
