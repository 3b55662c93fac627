import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, ensureCluster, locateCluster } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { exclusive } from './exclusive.js';
import { type LaunchOptions, launch } from './launch.js';
import { Membership } from './membership.js';
import { findServer, type ServerProcess } from './server-process.js';
import { terminate } from './terminate.js';

export interface EmbeddedPostgresOptions {
  /** DATA_DIR of the program; the server has its subfolder `postgres`. */
  readonly dataDir: string;
  /** A fixed port; otherwise that of the last start, if it is free. */
  readonly port?: number;
  /** False only for data that may be lost: a power cut breaks it. */
  readonly fsync?: boolean;
  readonly log?: (message: string) => void;
}

/** This process's share in the server of a DATA_DIR. */
export interface EmbeddedPostgres {
  readonly port: number;
  /** Of a database that exists. */
  url(database: string): string;
  /** Makes the database if it is missing. */
  ensureDatabase(database: string): Promise<void>;
  /** To be called when this process has closed its own connections; the last process that uses the server stops it. */
  stop(): Promise<'stopped' | 'in use'>;
}

const FIRST_PAUSE_MS = 500;
const LAST_PAUSE_MS = 10_000;

/**
 * A real PostgreSQL from npm: one server per DATA_DIR, found again by every process, started if it does not run,
 * and started again if it dies while it is used. Throws EmbeddedPostgresError.
 */
export async function embeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await locateCluster(options.dataDir);
  const share = new Share(cluster, options);
  await share.begin();
  return share;
}

class Share implements EmbeddedPostgres {
  #membership!: Membership;
  #stopped: Promise<'stopped' | 'in use'> | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly options: EmbeddedPostgresOptions,
  ) {}

  get port(): number {
    return this.#membership.port;
  }

  url(database: string): string {
    return this.#membership.url(database);
  }

  ensureDatabase(database: string): Promise<void> {
    return exclusive(this.cluster.folder, () => this.#membership.ensureDatabase(database));
  }

  begin(port = this.options.port): Promise<void> {
    const { cluster, options } = this;
    return exclusive(cluster.folder, async () => {
      await ensureCluster(cluster, options.dataDir, options.fsync ?? true);
      const server = await findOrLaunch(cluster, { port, fsync: options.fsync ?? true });
      const password = await readPassword(cluster);
      this.#membership = await Membership.join(server.port, password, () => void this.restart());
    });
  }

  private async restart(): Promise<void> {
    const { port } = this;
    this.options.log?.('The embedded PostgreSQL went away; starting it again');
    for (let pause = FIRST_PAUSE_MS; !this.#stopped; pause = Math.min(2 * pause, LAST_PAUSE_MS)) {
      try {
        return await this.begin(port);
      } catch (error) {
        this.options.log?.(`The embedded PostgreSQL cannot be started again: ${(error as Error).message}`);
      }
      await delay(pause, undefined, { ref: false });
    }
  }

  stop(): Promise<'stopped' | 'in use'> {
    this.#stopped ??= exclusive(this.cluster.folder, () => this.leave());
    return this.#stopped;
  }

  private async leave(): Promise<'stopped' | 'in use'> {
    if ((await this.#membership.leave()) === 'others remain') return 'in use';
    const server = await findServer(this.cluster.data);
    if (server) await terminate(this.cluster, server);
    return 'stopped';
  }
}

async function findOrLaunch(cluster: Cluster, options: LaunchOptions): Promise<ServerProcess> {
  for (;;) {
    const server = await findServer(cluster.data);
    if (!server) return launch(cluster, options);
    if (server.status === 'ready') return server;
    await delay(10);
  }
}

const readPassword = ({ folder }: Cluster): Promise<string> =>
  readFile(join(folder, 'password'), 'utf8').catch((cause: Error) => {
    throw new EmbeddedPostgresError(`The password of the embedded PostgreSQL cannot be read: ${cause.message}`, {
      cause,
    });
  });
