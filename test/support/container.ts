import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
const shell = ['sh', '-c', 'ip link set lo up; exec "$@"', 'sh'];

/** Commands that run another one as the first process of its own namespaces, as a container engine does; `--kill-child`: it goes with them. */
export const container: readonly string[] = [
  ...['unshare', '--pid', '--fork', '--ipc', '--net', '--mount-proc', '--kill-child'],
  ...shell,
];

/** The same with the network of this machine. */
export const containerOnHostNetwork: readonly string[] = [
  ...['unshare', '--pid', '--fork', '--ipc', '--mount-proc', '--kill-child'],
];

/** The first process of a container, by the pid it has outside. */
export function firstProcess(unshare: number | undefined): number {
  const [child = ''] = readFileSync(`/proc/${unshare}/task/${unshare}/children`, 'utf8').split(' ');
  return Number(child);
}

/** Status of a POST from within the network of a container. */
export async function postWithin(unshare: number | undefined, url: string, body: object): Promise<number> {
  const script = `
    const { status } = await fetch(process.argv[1], {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: process.argv[2],
    });
    console.log(status);`;
  const inside = ['--net', `--target=${firstProcess(unshare)}`, process.execPath, '--input-type=module', '--eval'];
  const { stdout } = await run('nsenter', [...inside, script, url, JSON.stringify(body)]);
  return Number(stdout);
}
