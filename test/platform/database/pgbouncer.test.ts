import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PrismaDatabase } from '../../../src/platform/database/prisma-database.js';
import { PrismaIdempotencyLog } from '../../../src/platform/database/prisma-idempotency-log.js';
import { PrismaUnitOfWork } from '../../../src/platform/database/prisma-unit-of-work.js';
import { inCall } from './call.js';

const url = process.env.PGBOUNCER_URL;

describe.skipIf(!url)('behind PgBouncer in transaction mode', () => {
  let database: PrismaDatabase;
  let unitOfWork: PrismaUnitOfWork;
  beforeAll(() => {
    database = new PrismaDatabase({ url: url ?? '', poolSize: 10 });
    unitOfWork = new PrismaUnitOfWork(database, new PrismaIdempotencyLog(database));
  });
  afterAll(() => database.close());

  test('a unit of work stays on one connection, with its own tenant, among many others', async () => {
    const sql = `select pg_backend_pid() as pid, current_setting('app.tenant') as tenant`;
    const runs = Array.from({ length: 100 }, (_, index) => {
      const tenant = `01890000-0000-7000-8000-${String(index).padStart(12, '0')}`;
      const work = async () => [await database.query(sql), await database.client.$queryRawUnsafe(sql)];
      return inCall({ tenant }, () => unitOfWork.run(work)).then(([byHand, byPrisma]) => {
        expect(byHand).toEqual(byPrisma);
        expect(byHand).toMatchObject([{ tenant }]);
      });
    });
    await Promise.all(runs);
  });

  test('timestamps are in UTC on every connection', async () => {
    const zones = await Promise.all(
      Array.from({ length: 20 }, () => database.query(`select current_setting('timezone') as zone`)),
    );
    for (const [row] of zones) expect(row).toEqual({ zone: 'UTC' });
  });
});
