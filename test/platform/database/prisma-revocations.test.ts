import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PrismaDatabase } from '../../../src/platform/database/prisma-database.js';
import { PrismaIdempotencyLog } from '../../../src/platform/database/prisma-idempotency-log.js';
import { PrismaRevocations } from '../../../src/platform/database/prisma-revocations.js';
import { PrismaUnitOfWork } from '../../../src/platform/database/prisma-unit-of-work.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { revocationsBehaviour } from '../security/revocations.behaviour.js';

let created: TestDatabase;
let database: PrismaDatabase;
const running: PrismaRevocations[] = [];

beforeAll(async () => {
  created = await testDatabase();
  database = new PrismaDatabase({ url: created.url, poolSize: 5 });
});

afterEach(async () => {
  for (const revocations of running.splice(0)) await revocations.beforeApplicationShutdown();
  await database.query('delete from revocations returning sequence');
});

afterAll(async () => {
  await database.close();
  await created.drop();
});

async function started(options: ConstructorParameters<typeof PrismaRevocations>[1] = {}, over = database) {
  const revocations = new PrismaRevocations(over, { pollMs: 20, ...options });
  await revocations.onModuleInit();
  running.push(revocations);
  return revocations;
}

revocationsBehaviour('revocations in PostgreSQL', (now) => started({ now }));

describe('revocations in PostgreSQL', () => {
  const nowSeconds = () => Date.now() / 1000;
  const inAnHour = () => Math.floor(nowSeconds()) + 3600;
  const token = (sid: string) => ({ sub: 'user', sid, iat: nowSeconds() - 1 });
  const unitOfWork = () => new PrismaUnitOfWork(database, new PrismaIdempotencyLog(database));

  test('are known to a process that starts later, to the millisecond', async () => {
    const now = Date.now();
    await (await started({ now: () => now })).revoke('user:user', inAnHour());
    const later = await started();
    expect(later.isRevoked({ sub: 'user', iat: now / 1000 })).toBe(true);
    expect(later.isRevoked({ sub: 'user', iat: (now + 1) / 1000 })).toBe(false);
  });

  test('reach a process that runs', async () => {
    const [one, other] = [await started(), await started()];
    await one.revoke('session:s1', inAnHour());
    await eventually(() => expect(other.isRevoked(token('s1'))).toBe(true));
  });

  test.each([
    ['as that of the database', 0],
    ['five minutes behind that of the database', -300_000],
  ])('reach it also when a later one commits first, its clock %s', async (_, offsetMs) => {
    const now = () => Date.now() + offsetMs;
    const issued = (sid: string) => ({ sub: 'user', sid, iat: now() / 1000 - 10 });
    const [one, other] = [await started({ now }), await started({ now })];
    const later = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const first = unitOfWork().run(async () => {
      await one.revoke('session:first', inAnHour());
      written.resolve();
      await later.promise;
    });
    await written.promise;
    await one.revoke('session:second', inAnHour());
    await eventually(() => expect(other.isRevoked(issued('second'))).toBe(true));
    later.resolve();
    await first;
    await eventually(() => expect(other.isRevoked(issued('first'))).toBe(true));
  });

  test('hold in their own process from the commit of their transaction', async () => {
    const revocations = await started({ pollMs: 60_000 });
    await unitOfWork().run(async () => {
      await revocations.revoke('session:s1', inAnHour());
      expect(revocations.isRevoked(token('s1'))).toBe(false);
    });
    expect(revocations.isRevoked(token('s1'))).toBe(true);
  });

  test('that were rolled back never hold', async () => {
    const revocations = await started();
    const planted = unitOfWork().run(async () => {
      await revocations.revoke('session:s1', inAnHour());
      throw new Error('planted');
    });
    await expect(planted).rejects.toThrow('planted');
    await revocations.revoke('session:after', inAnHour());
    const other = await started();
    expect([revocations, other].map((each) => each.isRevoked(token('s1')))).toEqual([false, false]);
  });

  test('that are settled are not read again', async () => {
    await (await started()).revoke('session:settled', inAnHour());
    await database.query(`update revocations set recorded_at = now() - interval '2 minutes' returning sequence`);
    const [revocations, other] = [await started(), await started()];
    expect(revocations.isRevoked(token('settled'))).toBe(true);
    await database.query(`update revocations set subject = 'session:changed' returning sequence`);
    await other.revoke('session:new', inAnHour());
    await eventually(() => expect(revocations.isRevoked(token('new'))).toBe(true));
    expect(revocations.isRevoked(token('changed'))).toBe(false);
  });

  test('survive a database that cannot be read for a while, which is logged once', async () => {
    const lines: string[] = [];
    const [revocations, other] = [
      await started({ logger: { warn: (line: string) => lines.push(line) } }),
      await started(),
    ];
    await database.query('alter table revocations rename to revocations_away');
    await eventually(() => expect(lines).toHaveLength(1));
    await database.query('alter table revocations_away rename to revocations');
    await other.revoke('session:s1', inAnHour());
    await eventually(() => expect(revocations.isRevoked(token('s1'))).toBe(true));
    expect(lines).toEqual([expect.stringContaining('Revocations of other processes cannot be read')]);
  });

  test('are deleted by a sweep after they have expired', async () => {
    const revocations = await started();
    await revocations.revoke('session:expired', Math.floor(nowSeconds()) - 1);
    await revocations.revoke('session:s1', inAnHour());
    const subjects = () => database.query<{ subject: string }>('select subject from revocations');
    await revocations.sweep();
    expect(await subjects()).toEqual([{ subject: 'session:s1' }]);
  });
});
