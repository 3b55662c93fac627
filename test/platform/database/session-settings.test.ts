import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PrismaDatabase } from '../../../src/platform/database/prisma-database.js';
import { PrismaIdempotencyLog } from '../../../src/platform/database/prisma-idempotency-log.js';
import { PrismaUnitOfWork } from '../../../src/platform/database/prisma-unit-of-work.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { behindPgBouncer, hasPgBouncer, setUnusually } from '../../support/unusual-database.js';

const relied = {
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  default_transaction_isolation: 'read committed',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  lock_timeout: '0',
  standard_conforming_strings: 'on',
};

/** PgBouncer may run a statement on a connection that another client has changed: these settings it restores. */
const remembered = ['DateStyle', 'TimeZone', 'standard_conforming_strings'] as const;

const servers: readonly [string, boolean, (url: string) => string, readonly (keyof typeof relied)[]][] = [
  ['PostgreSQL', true, (url) => url, Object.keys(relied) as (keyof typeof relied)[]],
  ['PgBouncer (PGBOUNCER_URL)', hasPgBouncer, behindPgBouncer, remembered],
];

describe.for(servers)('a database with unusual settings, through %s', ([, isThere, through, settings]) => {
  describe.skipIf(!isThere)('is used as any other', () => {
    let created: TestDatabase;
    let database: PrismaDatabase;
    let unitOfWork: PrismaUnitOfWork;

    beforeAll(async () => {
      created = await testDatabase();
      await setUnusually(created.url, { isPooled: settings === remembered });
      database = new PrismaDatabase({ url: through(created.url), poolSize: 3 });
      unitOfWork = new PrismaUnitOfWork(database, new PrismaIdempotencyLog(database));
    });

    afterAll(async () => {
      await database.close();
      await created.drop();
    });

    test.each(settings)('%s is what we rely on, on every connection', async (setting) => {
      const reads = Array.from({ length: 12 }, () =>
        database.query(`select current_setting('${setting}') as value, pg_sleep(0.01) is null as slept`),
      );
      for (const [row] of await Promise.all(reads)) expect(row).toMatchObject({ value: relied[setting] });
    });

    test('moments and bytes come back as they were, by hand and through Prisma', async () => {
      const row = {
        id: randomUUID(),
        tenantId: randomUUID(),
        userId: randomUUID(),
        tokenHash: new Uint8Array(randomBytes(32)),
        expiresAt: new Date('2026-02-03T04:05:06.789Z'),
        createdAt: new Date('2026-01-02T03:04:05.678Z'),
      };
      await database.client.session.create({ data: row });
      const found = await database.client.session.findUnique({ where: { id: row.id } });
      expect(found).toMatchObject(row);
      const sql = 'select created_at as "createdAt", token_hash as "tokenHash" from sessions where id = $1';
      const [byHand] = await database.query<typeof row>(sql, [row.id]);
      expect(byHand?.createdAt).toEqual(row.createdAt);
      expect(new Uint8Array(byHand?.tokenHash ?? [])).toEqual(row.tokenHash);
    });

    test('a unit of work reads what others have committed, and may pause', async () => {
      const isolation = await unitOfWork.run(async () => {
        await pause(200);
        return database.query(`select current_setting('transaction_isolation') as level`);
      });
      expect(isolation).toEqual([{ level: 'read committed' }]);
    });

    test('a unit of work waits for a lock as long as its call has time', async () => {
      await database.query('create table if not exists counters (name text primary key, value int not null)');
      await database.query(`insert into counters values ('one', 0) on conflict do nothing`);
      const locked = Promise.withResolvers<void>();
      const add = `update counters set value = value + 1 where name = 'one' returning value`;
      const holder = unitOfWork.run(async () => {
        await database.query(add);
        locked.resolve();
        await pause(200);
      });
      await locked.promise;
      await expect(unitOfWork.run(() => database.query(add))).resolves.toEqual([{ value: 2 }]);
      await holder;
    });
  });
});
