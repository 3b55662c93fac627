import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { migrate, requireMigrated } from '../../../../src/platform/database/migrations/migrate.js';
import { administer, databaseUrl } from '../../../support/administer.js';
import { dropDatabase } from '../../../support/database.js';

const { url: server } = inject('databaseServer');
const database = `migrate_${process.pid}`;
const url = databaseUrl(server, database);
let folder: string;
let client: pg.Client;

beforeAll(() => administer(server, `create database ${database}`));
afterAll(() => dropDatabase(server, database));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  writeMigration('1_first', 'create table first (id int); insert into first values (1);');
  client = new pg.Client(url);
  await client.connect();
  await client.query('drop schema public cascade; create schema public');
});

afterEach(async () => {
  await client.end();
  rmSync(folder, { recursive: true });
});

function writeMigration(name: string, sql: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'migration.sql'), sql);
}

const rows = async (sql: string) => (await client.query(sql)).rows;

describe('migrations', () => {
  test('are applied in order, once, and recorded as Prisma does', async () => {
    writeMigration('2_second', 'insert into first values (2);');
    const heard: string[] = [];
    expect(await migrate(url, { folder, log: (message) => heard.push(message) })).toEqual(['1_first', '2_second']);
    expect(await migrate(url, { folder })).toEqual([]);
    expect(heard).toEqual(['Applied the migration 1_first', 'Applied the migration 2_second']);
    expect(await rows('select id from first')).toEqual([{ id: 1 }, { id: 2 }]);
    const recorded = await rows(
      `select migration_name, checksum, finished_at >= started_at as finished, rolled_back_at, logs, applied_steps_count
       from _prisma_migrations order by migration_name`,
    );
    expect(recorded).toEqual([
      {
        migration_name: '1_first',
        checksum: '55e82b5c79deaf4ef4fe42c85290129b63547924a8b698d2de3663e3b3e8cf3b',
        finished: true,
        rolled_back_at: null,
        logs: null,
        applied_steps_count: 1,
      },
      expect.objectContaining({ migration_name: '2_second' }),
    ]);
  });

  test('are applied by one of three processes that start at once', async () => {
    const applied = await Promise.all([1, 2, 3].map(() => migrate(url, { folder })));
    expect(applied.map((names) => names.length).sort()).toEqual([0, 0, 1]);
    expect(await rows('select id from first')).toEqual([{ id: 1 }]);
  });

  test('that fail are rolled back, recorded with the reason, and tried again once they are fixed', async () => {
    writeMigration('2_second', 'create table second (id int); insert into nowhere values (1);');
    await expect(migrate(url, { folder })).rejects.toThrow(
      'The migration 2_second failed and was rolled back: relation "nowhere" does not exist',
    );
    expect(await rows(`select to_regclass('second') as second`)).toEqual([{ second: null }]);
    expect(
      await rows(`select logs, rolled_back_at is null as open from _prisma_migrations where finished_at is null`),
    ).toEqual([{ logs: 'relation "nowhere" does not exist', open: false }]);
    writeMigration('2_second', 'create table second (id int);');
    expect(await migrate(url, { folder })).toEqual(['2_second']);
  });

  test('that were edited after they were applied are refused', async () => {
    await migrate(url, { folder });
    writeMigration('1_first', 'create table first (id bigint);');
    await expect(migrate(url, { folder })).rejects.toThrow('The migration 1_first was edited after it was applied');
  });

  test('that another tool left half done are refused', async () => {
    await migrate(url, { folder });
    await client.query('update _prisma_migrations set finished_at = null');
    await expect(migrate(url, { folder })).rejects.toThrow('The migration 1_first failed half way in another tool');
  });

  test('of a newer version of the program do not stop an older one', async () => {
    writeMigration('2_second', 'create table second (id int);');
    await migrate(url, { folder });
    rmSync(join(folder, '2_second'), { recursive: true });
    expect(await migrate(url, { folder })).toEqual([]);
  });

  test('are refused where the role looks for tables in another schema', async () => {
    await client.query(`create schema demo; alter database ${database} set search_path = demo`);
    await expect(migrate(url, { folder })).rejects.toThrow(/the search_path of this role leads to demo/);
    await client.query(`drop schema demo; alter database ${database} reset search_path`);
    await expect(migrate(url, { folder })).resolves.toEqual(['1_first']);
  });

  test('take longer than the role gives a statement', async () => {
    await client.query(`alter database ${database} set statement_timeout = '20ms'`);
    writeMigration('2_slow', 'select pg_sleep(0.1)');
    await expect(migrate(url, { folder })).resolves.toEqual(['1_first', '2_slow']);
    await client.query(`alter database ${database} reset statement_timeout`);
  });

  test('that are missing can be listed without applying them', async () => {
    await expect(requireMigrated(url, folder)).rejects.toThrow('lacks the migrations 1_first: run npm run migrate');
    await migrate(url, { folder });
    await expect(requireMigrated(url, folder)).resolves.toBeUndefined();
  });

  test('of this program make the tables on an empty database', async () => {
    const names = await migrate(url);
    expect(names.length).toBeGreaterThan(0);
    await expect(requireMigrated(url)).resolves.toBeUndefined();
  });
});
