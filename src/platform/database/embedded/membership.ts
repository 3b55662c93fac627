import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Cluster } from './cluster.js';
import { findServer, terminate } from './server-process.js';

/** Owns its databases and is no superuser, so that row level security applies. */
const ROLE = 'app';
const ANSWER_LIMIT_MS = 15_000;

/** Missing from the types of pg. */
type Client = pg.Client & Record<'ref' | 'unref', () => void>;

/** An open connection that shows other processes that the server is in use. */
export class Membership {
  private constructor(
    private readonly client: Client,
    private readonly name: string,
    private readonly password: string,
    readonly port: number,
  ) {}

  static async join(port: number, password: string, onLost: () => void): Promise<Membership> {
    const name = `mstv-${randomUUID()}`;
    const client = await connect(port, password, name);
    const membership = new Membership(client, name, password, port);
    try {
      await membership.ensureRole();
    } catch (error) {
      await client.end();
      throw error;
    }
    client.once('end', onLost);
    client.unref();
    return membership;
  }

  url(database: string): string {
    return `postgres://${ROLE}:${this.password}@127.0.0.1:${this.port}/${database}?application_name=${this.name}`;
  }

  private async ensureRole(): Promise<void> {
    const { rowCount } = await this.client.query('select 1 from pg_roles where rolname = $1', [ROLE]);
    if (rowCount) return;
    await this.client.query(`create role ${ROLE} login createdb password '${this.password}'`);
  }

  async ensureDatabase(database: string): Promise<void> {
    this.client.ref();
    try {
      const { rowCount } = await this.client.query('select 1 from pg_database where datname = $1', [database]);
      if (rowCount) return;
      await this.client.query(`create database ${pg.escapeIdentifier(database)} owner ${ROLE} strategy file_copy`);
    } finally {
      this.client.unref();
    }
  }

  /** Stops the server unless others use it, or it cannot answer. */
  async leave(cluster: Cluster): Promise<'stopped' | 'in use'> {
    this.client.removeAllListeners('end');
    this.client.ref();
    try {
      // connections that are starting have no name yet, and may be our own: count only named ones
      const { rowCount } = await this.client.query(
        `select 1 from pg_stat_activity where backend_type = 'client backend' and application_name <> $1
          and state is distinct from 'starting' limit 1`,
        [this.name],
      );
      await this.client.end();
      if (rowCount) return 'in use';
    } catch {
      return 'in use';
    }
    const server = await findServer(cluster.data);
    if (server) await terminate(cluster, server);
    return 'stopped';
  }
}

async function connect(port: number, password: string, name: string): Promise<Client> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    application_name: name,
    connectionTimeoutMillis: ANSWER_LIMIT_MS,
  }) as Client;
  // without a listener a lost connection would end the process
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
