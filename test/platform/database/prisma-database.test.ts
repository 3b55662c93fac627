import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServiceUnavailable } from '../../../src/contract/built-in-failures.js';
import { Prisma } from '../../../src/platform/database/generated/client.js';
import { PrismaDatabase } from '../../../src/platform/database/prisma-database.js';
import { sqlState, violatedUnique } from '../../../src/platform/database/sql-state.js';
import { Lines } from '../../remote/discovery/lines.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { StallingProxy } from '../../support/stalling-proxy.js';

const tenantId = '00000000-0000-0000-0000-000000000000';

let created: TestDatabase;
let database: PrismaDatabase;

beforeAll(async () => {
  created = await testDatabase();
  database = new PrismaDatabase({ url: created.url, poolSize: 3 });
});

afterAll(async () => {
  await database.close();
  await created.drop();
});

const user = (id: number, email: string) => ({
  id: `01890000-0000-7000-8000-00000000000${id}`,
  tenantId,
  email,
  createdAt: new Date('2026-01-02T03:04:05.678Z'),
  updatedAt: new Date('2026-01-02T03:04:05.678Z'),
});

describe('the schema', () => {
  test.each(Object.values(Prisma.ModelName))('of %s is what the migrations made', async (model) => {
    const delegate = database.base[(model[0]?.toLowerCase() + model.slice(1)) as 'user'];
    await expect(delegate.findMany()).resolves.toEqual([]);
    const fields = Object.keys(Prisma[`${model}ScalarFieldEnum`]).map((name) =>
      name.replace(/[A-Z]/g, '_$&').toLowerCase(),
    );
    const table = `${model.replace(/[A-Z]/g, '_$&').slice(1).toLowerCase()}s`;
    const columns = await database.query<{ name: string }>(
      'select column_name as name from information_schema.columns where table_name = $1',
      [table],
    );
    expect(columns.map(({ name }) => name).sort()).toEqual(fields.sort());
  });

  test('gives every table of tenants a tenant', async () => {
    const without = await database.query<{ name: string }>(
      `select table_name as name from information_schema.tables t where table_schema = 'public' and not exists (
         select 1 from information_schema.columns c where c.table_name = t.table_name and c.column_name = 'tenant_id' and is_nullable = 'NO')
       order by 1`,
    );
    expect(without.map(({ name }) => name)).toEqual(['_prisma_migrations', 'idempotency_keys', 'revocations']);
  });
});

describe('the database', () => {
  test('keeps the moment of a timestamp, whatever the time zone of the server', async () => {
    await database.query(`alter database ${new URL(created.url).pathname.slice(1)} set timezone to 'Asia/Tokyo'`);
    const inTokyo = new PrismaDatabase({ url: created.url, poolSize: 1 });
    const row = user(1, 'moment@example.com');
    await inTokyo.client.user.create({ data: row });
    expect((await inTokyo.client.user.findUnique({ where: { id: row.id } }))?.createdAt).toEqual(row.createdAt);
    expect(await inTokyo.query('select created_at from users where id = $1', [row.id])).toEqual([
      { created_at: row.createdAt },
    ]);
    await inTokyo.close();
  });

  test('gives SQL by hand the types that Prisma gives', async () => {
    const sql = `select 9007199254740993::int8 as big, '\\x00ff'::bytea as bytes, 7 as small, null as nothing, 'text' as text`;
    const [row] = await database.query<{ bytes: Uint8Array }>(sql);
    expect(row).toMatchObject({ big: 9007199254740993n, small: 7, nothing: null, text: 'text' });
    expect([...(row?.bytes ?? [])]).toEqual([0, 255]);
    const [inTransaction] = await database.base.$queryRawUnsafe<object[]>(sql);
    expect(inTransaction).toMatchObject({ big: 9007199254740993n, small: 7, nothing: null, text: 'text' });
  });

  test('names the unique constraint that a statement violated, through Prisma and by hand', async () => {
    await database.client.user.create({ data: user(2, 'taken@example.com') });
    const byPrisma = await database.client.user.create({ data: user(3, 'taken@example.com') }).catch((error) => error);
    const byHand = await database
      .query(`insert into users values ($1, $2, 'taken@example.com', null, now(), now())`, [user(4, '').id, tenantId])
      .catch((error) => error);
    for (const error of [byPrisma, byHand]) {
      expect(sqlState(error)).toBe('23505');
      expect(violatedUnique(error)).toBe('users_email_key');
    }
    expect(violatedUnique(new Error('no'))).toBeUndefined();
  });

  test('takes only normalized addresses', async () => {
    const error = await database.client.user.create({ data: user(5, 'Not@Example.com') }).catch((cause) => cause);
    expect(sqlState(error)).toBe('23514');
  });

  test('finds the middle of a text by its index', async () => {
    const plan = await database.base.$transaction(async (transaction) => {
      await transaction.$executeRaw`set local enable_seqscan = off`;
      return transaction.$queryRaw`explain select id from users where email ilike ${'%ake%'} or name ilike ${'%ake%'}`;
    });
    expect(JSON.stringify(plan)).toContain('users_search_idx');
  });

  test('takes what its health check writes', async () => {
    await expect(database.health.check()).resolves.toBeUndefined();
  });

  test('that cannot be reached is unavailable, for Prisma and by hand', async () => {
    const nowhere = new PrismaDatabase({
      url: 'postgres://app:none@127.0.0.1:1/none',
      poolSize: 1,
      logger: new Lines(),
    });
    await expect(nowhere.health.check()).rejects.toThrow('cannot be used');
    await expect(nowhere.query('select 1')).rejects.toThrow(ServiceUnavailable);
    await expect(nowhere.client.user.findMany()).rejects.toThrow(ServiceUnavailable);
    await expect(nowhere.base.$transaction(async () => undefined)).rejects.toThrow();
    await nowhere.close();
  });

  test('that cuts a connection off is unavailable for that statement and serves the next', async () => {
    const cut = new PrismaDatabase({ url: created.url, poolSize: 1, logger: new Lines() });
    await expect(cut.query('select pg_terminate_backend(pg_backend_pid())')).rejects.toThrow(ServiceUnavailable);
    await expect(cut.client.$queryRaw`select pg_terminate_backend(pg_backend_pid())`).rejects.toThrow(
      ServiceUnavailable,
    );
    await expect(cut.query('select 1 as one')).resolves.toEqual([{ one: 1 }]);
    await cut.close();
  });

  test.for<[string, (database: PrismaDatabase) => Promise<unknown>]>([
    ['by hand', (stalled) => stalled.query('select 1')],
    ['through Prisma', (stalled) => stalled.client.user.findMany()],
  ])(
    'whose connection the network has dropped silently is unavailable once, %s, and serves over a new one',
    async ([, ask]) => {
      const url = new URL(created.url);
      const proxy = await StallingProxy.to(url.host);
      url.host = proxy.address;
      const stalled = new PrismaDatabase({ url: url.href, poolSize: 1, answerMs: 2_000, logger: new Lines() });
      await ask(stalled);
      expect(proxy.stall()).toBe(1);
      await expect(ask(stalled)).rejects.toThrow(ServiceUnavailable);
      await expect(ask(stalled)).resolves.toBeDefined();
      await stalled.close();
      await proxy.remove();
    },
  );

  test('that answers later than the transaction has time leaves no connection behind', async () => {
    const url = new URL(created.url);
    const proxy = await StallingProxy.to(url.host);
    url.host = proxy.address;
    const stalled = new PrismaDatabase({ url: url.href, poolSize: 1, answerMs: 2_000, logger: new Lines() });
    const transaction = stalled.base.$transaction(
      async (client) => {
        await client.user.findMany();
        proxy.stall();
        await client.user.findMany();
      },
      { timeout: 100 },
    );
    await expect(transaction).rejects.toThrow();
    await expect(stalled.query('select 1 as one')).resolves.toEqual([{ one: 1 }]);
    await stalled.close();
    await proxy.remove();
  });

  test('that takes its time, on a connection that is alive, is waited for between statements', async () => {
    const idle = new PrismaDatabase({ url: created.url, poolSize: 1, answerMs: 2_000 });
    const [before] = await idle.query<{ pid: number }>('select pg_backend_pid() as pid');
    await database.query('select pg_sleep(2.5)');
    expect(await idle.query('select pg_backend_pid() as pid')).toEqual([before]);
    await idle.close();
  });
});
