import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { supervised } from './child-processes.js';
import { freePort } from './free-port.js';

/** Where REDIS_URL is set, and a server can be started here: those of REDIS_URL are not for breaking. */
export const hasOwnRedis = process.env.REDIS_URL !== undefined && spawnSync('redis-server', ['--version']).status === 0;

/** A Redis server of one test. */
export class OwnRedis {
  private constructor(
    readonly port: number,
    /** Sends commands as an administrator would. */
    readonly admin: Redis,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(...settings: readonly string[]): Promise<OwnRedis> {
    const port = await freePort();
    const folder = await mkdtemp(join(tmpdir(), 'redis-'));
    const args = [
      '--bind',
      '127.0.0.1',
      '--port',
      `${port}`,
      '--dir',
      folder,
      '--save',
      '',
      '--repl-diskless-sync-delay',
      '0',
      ...settings,
    ];
    const child = supervised(spawn('redis-server', args, { stdio: 'ignore' }));
    const admin = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null });
    admin.on('error', () => undefined);
    await admin.ping();
    return new OwnRedis(port, admin, child, folder);
  }

  get url(): string {
    return `redis://${this.address}`;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** A replica of that one from now on, with its data. */
  async follow({ port, admin }: OwnRedis): Promise<void> {
    await this.admin.replicaof('127.0.0.1', port);
    await admin.call('WAIT', 1, 0);
  }

  async stop(): Promise<void> {
    this.admin.disconnect();
    this.child.kill('SIGKILL');
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    await rm(this.folder, { recursive: true, force: true });
  }
}
