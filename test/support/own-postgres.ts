import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountFor } from '../../src/platform/database/embedded/account.js';
import { findBinaries, program } from '../../src/platform/database/embedded/binaries.js';
import { administer } from './administer.js';
import { supervised } from './child-processes.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

/** Whether a file system that only one process sees can be mounted. */
export const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

/** Mounts a disk of its second argument's size at its first, and runs the rest as another user than root. */
const withDisk =
  'mount -t tmpfs -o size=$1 tmpfs $0 && shift && exec unshare --user --map-user=1000 --map-group=1000 "$@"';

/** A PostgreSQL server of one test, with a database `app` of a role `app`. */
export class OwnPostgres {
  #child: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  static async start(): Promise<OwnPostgres> {
    const server = await OwnPostgres.#initialize();
    await server.start();
    await server.administer('create role app login createdb');
    await server.administer('create database app owner app');
    return server;
  }

  /** The tables of its database are on a disk of that size: `24m`. */
  static async startOnDisk(size: string): Promise<OwnPostgres> {
    const server = await OwnPostgres.#initialize();
    const postgres = program(await findBinaries(), 'postgres');
    const disk = `${server.folder}.disk`;
    await mkdir(disk);
    const command = ['-c', withDisk, disk, size, postgres, ...server.#arguments([])];
    const namespaces = ['--user', '--map-root-user', '--mount'];
    server.#child = supervised(spawn('unshare', [...namespaces, 'sh', ...command], { stdio: 'ignore' }));
    await server.#answers();
    await server.administer('create role app login createdb');
    await server.administer(`create tablespace small owner app location '${disk}'`);
    await server.administer('create database app owner app tablespace small');
    return server;
  }

  static async #initialize(): Promise<OwnPostgres> {
    const server = new OwnPostgres(await mkdtemp(join(tmpdir(), 'postgres-')), await freePort());
    const args = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
    const initdb = await server.#spawn('initdb', ['-D', server.folder, ...args]);
    const [code] = await once(initdb, 'exit');
    if (code !== 0) throw new Error(`initdb ended with ${code}`);
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get url(): string {
    return `postgres://app@${this.address}/app`;
  }

  /** As the superuser. */
  async administer(sql: string): Promise<void> {
    await administer(`postgres://postgres@${this.address}/postgres`, sql);
  }

  /** A standby that follows this one, from its state of now. */
  async addStandby(): Promise<OwnPostgres> {
    await this.stop();
    const standby = new OwnPostgres(await mkdtemp(join(tmpdir(), 'postgres-')), await freePort());
    await cp(this.folder, standby.folder, { recursive: true });
    await this.start();
    await standby.startAsStandbyOf(this);
    return standby;
  }

  async startAsStandbyOf({ port }: OwnPostgres): Promise<void> {
    await writeFile(join(this.folder, 'standby.signal'), '');
    await this.start(`primary_conninfo=host=127.0.0.1 port=${port} user=postgres`);
  }

  async start(...settings: readonly string[]): Promise<void> {
    this.#child = await this.#spawn('postgres', this.#arguments(settings));
    await this.#answers();
  }

  /** At once, as in a crash; connections are cut. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    child.kill('SIGQUIT');
    await once(child, 'exit');
  }

  async remove(): Promise<void> {
    await this.stop();
    for (const folder of [this.folder, `${this.folder}.disk`]) await rm(folder, { recursive: true, force: true });
  }

  #arguments(settings: readonly string[]): readonly string[] {
    const own = [`port=${this.port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
    return ['-D', this.folder, ...[...own, ...settings].flatMap((setting) => ['-c', setting])];
  }

  async #answers(): Promise<void> {
    await eventually(() => this.administer('select 1'));
  }

  async #spawn(name: 'initdb' | 'postgres', args: readonly string[]): Promise<ChildProcess> {
    const account = await accountFor(this.folder);
    return supervised(account.spawn(program(await findBinaries(), name), args, { cwd: '/', stdio: 'ignore' }));
  }
}
