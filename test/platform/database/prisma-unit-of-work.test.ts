import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeadlineExceeded, ServiceUnavailable } from '../../../src/contract/built-in-failures.js';
import { PrismaDatabase } from '../../../src/platform/database/prisma-database.js';
import { PrismaIdempotencyLog } from '../../../src/platform/database/prisma-idempotency-log.js';
import { PrismaUnitOfWork } from '../../../src/platform/database/prisma-unit-of-work.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { inCall } from './call.js';
import { type Counters, unitOfWorkBehaviour } from './unit-of-work.behaviour.js';

class ExpiredLog extends PrismaIdempotencyLog {
  protected override readonly keptMs = 0;
}

class SerializableUnitOfWork extends PrismaUnitOfWork {
  protected override readonly isolationLevel = 'serializable';
}

async function open(poolSize = 5): Promise<{ database: PrismaDatabase; close(): Promise<void> }> {
  const created: TestDatabase = await testDatabase();
  const database = new PrismaDatabase({ url: created.url, poolSize });
  await database.query('create table counters (name text primary key, value int not null)');
  const close = async () => {
    await database.close();
    await created.drop();
  };
  return { database, close };
}

const countersIn = (database: PrismaDatabase): Counters => ({
  read: async (name) => {
    const [row] = await database.query<{ value: number }>('select value from counters where name = $1 for update', [
      name,
    ]);
    return row?.value;
  },
  write: async (name, value) => {
    const sql = 'insert into counters values ($1, $2::int) on conflict (name) do update set value = excluded.value';
    await database.query(sql, [name, value]);
  },
  clear: async () => {
    await database.query('delete from counters');
  },
});

unitOfWorkBehaviour('Prisma', async () => {
  const { database, close } = await open();
  const log = new PrismaIdempotencyLog(database);
  const unitOfWork = new PrismaUnitOfWork(database, log);
  return { unitOfWork, log, expired: new ExpiredLog(database), counters: countersIn(database), close };
});

describe('Prisma: a unit of work', () => {
  let database: PrismaDatabase;
  let close: () => Promise<void>;
  let unitOfWork: PrismaUnitOfWork;
  beforeAll(async () => {
    ({ database, close } = await open(2));
    unitOfWork = new PrismaUnitOfWork(database, new PrismaIdempotencyLog(database));
  });
  afterAll(() => close());

  test('gives the tenant of the call to the database', async () => {
    const tenant = '01890000-0000-7000-8000-000000000001';
    const read = () => database.query(`select current_setting('app.tenant', true) as tenant`);
    expect(await inCall({ tenant }, () => unitOfWork.run(read))).toEqual([{ tenant }]);
    expect(await read()).not.toEqual([{ tenant }]);
  });

  test('binds Prisma and SQL by hand to the same transaction', async () => {
    const ids = await unitOfWork.run(async () => {
      const now = new Date();
      const tenantId = '00000000-0000-0000-0000-000000000000';
      const id = '01890000-0000-7000-8000-000000000002';
      await database.client.user.create({
        data: { id, tenantId, email: 'a@example.com', createdAt: now, updatedAt: now },
      });
      return database.query('select id, created_at = $1 as same from users', [now]);
    });
    expect(ids).toEqual([{ id: '01890000-0000-7000-8000-000000000002', same: true }]);
  });

  test('runs again after a serialization conflict', async () => {
    const serializable = new SerializableUnitOfWork(database, new PrismaIdempotencyLog(database));
    await database.query(`insert into counters values ('s', 0)`);
    let runs = 0;
    const bothHaveRead = Promise.withResolvers<void>();
    const increment = () =>
      serializable.run(async () => {
        const [row] = await database.query<{ value: number }>(`select value from counters where name = 's'`);
        runs += 1;
        if (runs >= 2) bothHaveRead.resolve();
        await bothHaveRead.promise;
        await database.query(`update counters set value = $1::int where name = 's'`, [(row?.value ?? 0) + 1]);
      });
    await Promise.all([increment(), increment()]);
    expect(await database.query(`select value from counters where name = 's'`)).toEqual([{ value: 2 }]);
    expect(runs).toBe(3);
  });

  test('gives up after three further attempts', async () => {
    let runs = 0;
    const work = unitOfWork.run(async () => {
      runs += 1;
      await database.query(`do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`);
    });
    await expect(work).rejects.toThrow(ServiceUnavailable);
    expect(runs).toBe(4);
  });

  test('stops a statement that outlives the deadline', async () => {
    const work = inCall({ timeoutMs: 300 }, () => unitOfWork.run(() => database.query('select pg_sleep(20)')));
    await expect(work).rejects.toThrow(DeadlineExceeded);
    const running = `select 1 from pg_stat_activity where query like '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid() and datname = current_database()`;
    expect(await database.query(running)).toEqual([]);
  });

  test.each([
    ['by hand', () => database.query('select 1 / 0')],
    ['of Prisma', () => database.client.$queryRaw`select 1 / 0`],
  ])('does not pretend to commit after a statement %s whose error was swallowed', async (_, fail) => {
    const work = unitOfWork.run(async () => {
      await database.query(`insert into counters values ('swallowed', 1)`);
      await fail().catch(() => undefined);
    });
    await expect(work).rejects.toThrow('its error was swallowed');
    await expect(database.query(`select 1 from counters where name = 'swallowed'`)).resolves.toEqual([]);
  });

  test('commits when the error was undone up to a savepoint', async () => {
    await unitOfWork.run(async () => {
      await database.query(`insert into counters values ('saved', 1)`);
      await database.query('savepoint before');
      await database.query('select 1 / 0').catch(() => undefined);
      await database.query('rollback to savepoint before');
    });
    await expect(database.query(`select value from counters where name = 'saved'`)).resolves.toEqual([{ value: 1 }]);
  });

  test('lets work that continues after the deadline write nothing', async () => {
    const late = Promise.withResolvers<unknown>();
    const work = inCall({ timeoutMs: 200 }, () =>
      unitOfWork.run(async () => {
        await new Promise((done) => setTimeout(done, 250));
        const write = database.query(`insert into counters values ('late', 1)`);
        late.resolve(write.catch((error: unknown) => error));
      }),
    );
    await expect(work).rejects.toThrow(DeadlineExceeded);
    expect(await late.promise).toBeInstanceOf(DeadlineExceeded);
    await expect(database.query(`select 1 from counters where name = 'late'`)).resolves.toEqual([]);
  });

  test('gives the connection back clean', async () => {
    await unitOfWork.run(() => database.query('select 1'));
    const settings = `select current_setting('statement_timeout') as timeout`;
    const held = await Promise.all([1, 2].map(() => database.query(settings)));
    for (const [row] of held) expect(row).toEqual({ timeout: '0' });
  });

  test('answers "try again later" when no connection is free in time', async () => {
    const held = Promise.withResolvers<void>();
    const holders = [1, 2].map(() => unitOfWork.run(() => held.promise));
    const late = inCall({ timeoutMs: 400 }, () => unitOfWork.run(async () => 'done'));
    await expect(late).rejects.toThrow(ServiceUnavailable);
    held.resolve();
    await Promise.all(holders);
    await expect(unitOfWork.run(async () => 'done')).resolves.toBe('done');
  });
});
