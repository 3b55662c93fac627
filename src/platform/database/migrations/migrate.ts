import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { prepareSession } from '../session-settings.js';
import { MigrationError, type MigrationFile, migrationsFolder, readMigrations } from './migration-files.js';

export interface MigrateOptions {
  readonly folder?: string;
  readonly log?: (message: string) => void;
}

interface Row {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/** The advisory lock of `prisma migrate`: the two exclude each other. */
const PRISMA_LOCK = 72_707_369;

const CREATE_TABLE = `
  create table if not exists _prisma_migrations (
    id varchar(36) primary key not null,
    checksum varchar(64) not null,
    finished_at timestamptz,
    migration_name varchar(255) not null,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz not null default now(),
    applied_steps_count integer not null default 0
  )`;

/** `url` must bypass a transaction pooler. Processes may run it at once. Resolves with the applied names. */
export async function migrate(url: string, { folder = migrationsFolder, log }: MigrateOptions = {}): Promise<string[]> {
  const files = await readMigrations(folder);
  return connected(url, async (client) => {
    if (pending(files, await recorded(client)).length === 0) return [];
    await client.query('select pg_advisory_lock($1)', [PRISMA_LOCK]);
    await client.query(CREATE_TABLE);
    const missing = pending(files, await recorded(client));
    for (const file of missing) {
      await apply(client, file);
      log?.(`Applied the migration ${file.name}`);
    }
    return missing.map(({ name }) => name);
  });
}

export async function requireMigrated(url: string, folder = migrationsFolder): Promise<void> {
  const files = await readMigrations(folder);
  const missing = await connected(url, async (client) => pending(files, await recorded(client)));
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  throw new MigrationError(
    `The database lacks the migrations ${names}: run npm run migrate before this version starts`,
  );
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  // without a listener a lost connection would end the process; a running statement rejects anyway
  client.on('error', () => undefined);
  try {
    await client.connect();
    await prepareSession(client);
    // indexes of large tables take long
    await client.query('set statement_timeout = 0');
    await requirePublic(client);
    return await work(client);
  } catch (cause) {
    if (cause instanceof MigrationError) throw cause;
    throw new MigrationError(`The migrations of the database cannot be read or applied: ${reasonOf(cause)}`, { cause });
  } finally {
    await client.end();
  }
}

/** A host with several addresses gives one error each. */
const reasonOf = (error: unknown): string =>
  error instanceof AggregateError ? error.errors.map(reasonOf).join('; ') : (error as Error).message;

/** Prisma qualifies names by schema, hand-written SQL does not. */
async function requirePublic(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ schema: string }>('select current_schema() as schema');
  if (rows[0]?.schema === 'public') return;
  throw new MigrationError(
    `Tables are in the schema public, and the search_path of this role leads to ${rows[0]?.schema}: set it to public`,
  );
}

async function recorded(client: pg.Client): Promise<Row[]> {
  const { rows: found } = await client.query(`select to_regclass('_prisma_migrations') as name`);
  if (found[0].name === null) return [];
  const { rows } = await client.query<Row>(
    `select migration_name as name, checksum, finished_at is not null as finished
     from _prisma_migrations where rolled_back_at is null`,
  );
  return rows;
}

/** Unknown rows are allowed: a newer version of the program added them. */
function pending(files: readonly MigrationFile[], rows: readonly Row[]): MigrationFile[] {
  const byName = new Map(rows.map((row) => [row.name, row]));
  for (const { name, checksum } of files) {
    const row = byName.get(name);
    if (row && !row.finished)
      throw new MigrationError(
        `The migration ${name} failed half way in another tool: repair the database, then set rolled_back_at or finished_at of its row in _prisma_migrations`,
      );
    if (row && row.checksum !== checksum)
      throw new MigrationError(
        `The migration ${name} was edited after it was applied: restore the file, and put the change into a new migration`,
      );
  }
  return files.filter(({ name }) => !byName.has(name));
}

async function apply(client: pg.Client, { name, sql, checksum }: MigrationFile): Promise<void> {
  try {
    await client.query('begin');
    await client.query(sql);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       values ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('commit');
  } catch (cause) {
    await recordFailure(client, name, checksum, cause as Error);
    throw new MigrationError(`The migration ${name} failed and was rolled back: ${(cause as Error).message}`, {
      cause,
    });
  }
}

async function recordFailure(client: pg.Client, name: string, checksum: string, { message }: Error): Promise<void> {
  try {
    await client.query('rollback');
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, logs, rolled_back_at)
       values ($1, $2, $3, $4, clock_timestamp())`,
      [randomUUID(), checksum, name, message],
    );
  } catch {
    // the connection may be lost; the error of the migration matters more
  }
}
