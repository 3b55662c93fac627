import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, locateCluster, readPassword } from './cluster.js';
import { EmbeddedPostgresError, explainFileError } from './embedded-postgres-error.js';
import { ensureCluster } from './ensure-cluster.js';
import { exclusive, tryLock } from './file-lock.js';
import { launch } from './launch.js';
import { Membership } from './membership.js';
import { findServer, recordedServer, type ServerProcess } from './server-process.js';

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  readonly port?: number;
  /** False only for disposable data: a power failure corrupts it. */
  readonly fsync?: boolean;
  readonly log?: (message: string) => void;
}

const FIRST_PAUSE_MS = 500;
const LAST_PAUSE_MS = 10_000;

const PAUSE_MS = 50;
const ANSWER_LIMIT_MS = 5_000;
const START_LIMIT_MS = 60_000;

/** One server per DATA_DIR, shared by all processes; restarted when it dies. Throws EmbeddedPostgresError. */
export async function embeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    const cluster = await locateCluster(options.dataDir, options.fsync);
    const server = new EmbeddedPostgres(cluster, options);
    await server.begin();
    return server;
  } catch (error) {
    throw explainFileError(error);
  }
}

export class EmbeddedPostgres {
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
    return exclusive(this.cluster.turn, () => this.#membership.ensureDatabase(database));
  }

  async begin(port = this.options.port): Promise<void> {
    const begun = performance.now();
    for (;;) {
      const { server, refused } = await exclusive(this.cluster.turn, () => this.join(port));
      if (server && !refused) return;
      const limitMs = server?.status === 'ready' ? ANSWER_LIMIT_MS : START_LIMIT_MS;
      if (performance.now() - begun > limitMs) throw await outOfReach(this.cluster, server, refused);
      await delay(PAUSE_MS);
    }
  }

  /** No `server` while another process starts it; `refused`: why it rejects connections. */
  private async join(port: number | undefined): Promise<{ server: ServerProcess | undefined; refused?: Error }> {
    const server = await findOrLaunch(this.cluster, port);
    if (!server) return { server };
    const password = await readPassword(this.cluster);
    try {
      this.#membership = await Membership.join(server.port, password, () => void this.restart());
      return { server };
    } catch (error) {
      return { server, refused: error as Error };
    }
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

  /** Call it after closing your own connections. The last process stops the server. */
  stop(): Promise<'stopped' | 'in use'> {
    this.#stopped ??= exclusive(this.cluster.turn, () => this.#membership.leave(this.cluster));
    return this.#stopped;
  }
}

/** The lock proves that no server runs on the data, in any process or container. */
async function findOrLaunch(cluster: Cluster, port: number | undefined): Promise<ServerProcess | undefined> {
  await using lock = await tryLock(cluster.lock);
  if (!lock) return recordedServer(cluster.data);
  await ensureCluster(cluster);
  // a server started by hand holds no lock
  return (await findServer(cluster.data)) ?? (await launch(cluster, lock, port));
}

async function outOfReach(cluster: Cluster, server?: ServerProcess, refused?: Error): Promise<EmbeddedPostgresError> {
  const place = server ? ` on 127.0.0.1:${server.port}` : '';
  const reason = refused ? ` (${refused.message})` : '';
  if (await findServer(cluster.data))
    return new EmbeddedPostgresError(`The embedded PostgreSQL does not answer${place}${reason}; see ${cluster.log}`);
  return new EmbeddedPostgresError(
    `Another PostgreSQL has the data folder ${cluster.folder} and cannot be reached from here${place}${reason}; it may be that of another container. Stop it, share its network, or choose another DATA_DIR`,
  );
}
