import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** The role of the program: owner of its databases, not a superuser, so that row level security binds it. */
const ROLE = 'app';
const ANSWER_LIMIT_MS = 15_000;
const NOT_YET = new Set(['57P03', 'ECONNREFUSED', 'ECONNRESET']);

let counter = 0;

/** One connection that is held as long as this process uses the server: by it others see that it is in use. */
export class Membership {
  private constructor(
    private readonly client: pg.Client,
    private readonly name: string,
    private readonly password: string,
    readonly port: number,
  ) {}

  static async join(port: number, password: string, onLost: () => void): Promise<Membership> {
    counter += 1;
    const name = `mstv-${process.pid}-${counter}`;
    const client = await connect(port, password, name);
    client.once('end', onLost);
    // pg has it, its types do not: the share alone keeps no process running.
    (client as pg.Client & { unref(): void }).unref();
    const membership = new Membership(client, name, password, port);
    await membership.ensureRole();
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
    const { rowCount } = await this.client.query('select 1 from pg_database where datname = $1', [database]);
    if (rowCount) return;
    await this.client.query(`create database ${pg.escapeIdentifier(database)} owner ${ROLE} strategy file_copy`);
  }

  /** Gives up the share. Others are taken to remain where that cannot be asked. */
  async leave(): Promise<'others remain' | 'was the last'> {
    this.client.removeAllListeners('end');
    try {
      // a connection that only starts has no name yet and may be our own; users of the server hold one that is there
      const { rowCount } = await this.client.query(
        `select 1 from pg_stat_activity where backend_type = 'client backend' and application_name <> $1
          and state is distinct from 'starting' limit 1`,
        [this.name],
      );
      await this.client.end();
      return rowCount ? 'others remain' : 'was the last';
    } catch {
      return 'others remain';
    }
  }
}

async function connect(port: number, password: string, name: string): Promise<pg.Client> {
  const limit = Date.now() + ANSWER_LIMIT_MS;
  for (;;) {
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user: 'postgres',
      password,
      database: 'postgres',
      application_name: name,
      connectionTimeoutMillis: ANSWER_LIMIT_MS,
    });
    // Without a listener a lost connection would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (cause) {
      if (!NOT_YET.has((cause as { code?: string }).code ?? '') || Date.now() > limit)
        throw new EmbeddedPostgresError(`The embedded PostgreSQL does not answer: ${(cause as Error).message}`, {
          cause,
        });
    }
    await delay(20);
  }
}
