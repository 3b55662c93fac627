import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { firstProcess } from '../../support/container.js';
import { type RunningProcess, startProgram } from '../../support/process.js';

interface ImageConfiguration {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly WorkingDir: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly Healthcheck: { readonly Test: readonly string[] };
}

export type Environment = Readonly<Record<string, string>>;

export interface RunOptions {
  /** `uid:gid`; that of the image when absent. */
  readonly user?: string;
  readonly command?: readonly string[];
}

/** The rest of what an engine does: a read-only root with /proc, a working directory, a user. */
const setUp = `
set -e
root=$1 user=$2 group=$3 directory=$4
shift 4
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -o remount,bind,ro "$root"
exec unshare --root="$root" --wd="$directory" --setgid="$group" --setuid="$user" "$@"`;

const namespaces = ['unshare', '--pid', '--fork', '--ipc', '--mount', '--kill-child'];

/** The image that .ci/image built: its root, mounted on this machine, and its configuration. */
export class Image {
  readonly root: string;
  readonly configuration: ImageConfiguration;

  constructor(mounted: string) {
    this.root = realpathSync(mounted);
    const { Docker } = JSON.parse(readFileSync(join(mounted, '../image.json'), 'utf8'));
    this.configuration = Docker.config;
  }

  /** Starts it as `docker run --read-only --user … --network=host IMAGE …` does, with node as process 1. */
  run(environment: Environment, options: RunOptions = {}): Container {
    const { user = this.configuration.User, command = this.configuration.Cmd } = options;
    const program = [...this.configuration.Entrypoint, ...command];
    const [name = '', ...args] = [...namespaces, ...this.#within(user, program)];
    const started = startProgram(name, args, { ...this.#environment(), ...environment });
    return new Container(started);
  }

  /** Its health check, in a container with the same environment. */
  health(environment: Environment, check: readonly string[] = []): { status: number | null; output: string } {
    const [, ...program] = this.configuration.Healthcheck.Test;
    const [name = '', ...args] = [...namespaces, ...this.#within(this.configuration.User, [...program, ...check])];
    const env = { ...this.#environment(), ...environment };
    const { status, stdout, stderr } = spawnSync(name, args, { env, encoding: 'utf8' });
    return { status, output: `${stdout}${stderr}` };
  }

  #within(user: string, program: readonly string[]): readonly string[] {
    const [uid = '', gid = '0'] = user.split(':');
    return ['sh', '-c', setUp, 'sh', this.root, uid, gid, this.configuration.WorkingDir, ...program];
  }

  #environment(): Environment {
    return Object.fromEntries(this.configuration.Env.map((line) => line.split(/=(.*)/s).slice(0, 2)));
  }
}

export class Container {
  constructor(readonly started: RunningProcess) {}

  /** A line of `/proc/1/status` within: `Uid`, `VmRSS`, … */
  status(name: string): string {
    const text = readFileSync(`/proc/${firstProcess(this.started.child.pid)}/status`, 'utf8');
    return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1] ?? '';
  }

  /** To node itself: its parent ends as it ends. Nothing is sent to one that has ended. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    const { pid } = this.started.child;
    const node = existsSync(`/proc/${pid}`) ? firstProcess(pid) : 0;
    if (node > 0) process.kill(node, signal);
    return this.started.exited();
  }
}
