import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { DeadlineExceeded, ServiceUnavailable } from '../../../src/contract/built-in-failures.js';
import { PrismaDatabase } from '../../../src/platform/database/prisma-database.js';
import { PrismaIdempotencyLog } from '../../../src/platform/database/prisma-idempotency-log.js';
import { PrismaUnitOfWork } from '../../../src/platform/database/prisma-unit-of-work.js';
import { Lines } from '../../remote/discovery/lines.js';
import { administer } from '../../support/administer.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

let created: TestDatabase;
let database: PrismaDatabase;
let unitOfWork: PrismaUnitOfWork;
let lines: Lines;

function open(poolSize: number): void {
  lines = new Lines();
  database = new PrismaDatabase({ url: created.url, poolSize, logger: lines });
  unitOfWork = new PrismaUnitOfWork(database, new PrismaIdempotencyLog(database));
}

const name = () => new URL(created.url).pathname.slice(1);
const alter = (setting: string) => administer(inject('databaseServer').url, `alter database ${name()} ${setting}`);

const user = () => {
  const now = new Date();
  return {
    id: randomUUID(),
    tenantId: randomUUID(),
    email: `${randomUUID()}@example.com`,
    createdAt: now,
    updatedAt: now,
  };
};
const insert = () => {
  const { id, tenantId, email, createdAt } = user();
  const sql = 'insert into users (id, tenant_id, email, created_at, updated_at) values ($1, $2, $3, $4, $4)';
  return database.query(sql, [id, tenantId, email, createdAt]);
};

/** The ways in which a statement reaches the database. */
const ways: readonly [
  string,
  (byHand: () => Promise<unknown>, byPrisma: () => Promise<unknown>) => Promise<unknown>,
][] = [
  ['by hand', (byHand) => byHand()],
  ['through Prisma', (_, byPrisma) => byPrisma()],
  ['by hand in a unit of work', (byHand) => unitOfWork.run(byHand)],
  ['through Prisma in a unit of work', (_, byPrisma) => unitOfWork.run(byPrisma)],
];

beforeAll(async () => {
  created = await testDatabase();
});

afterEach(async () => {
  await alter('reset all');
  await alter('connection limit -1');
  await database.close();
});

afterAll(() => created.drop());

describe.for(ways)('a database whose connections were opened while it was read-only, written to %s', ([, ask]) => {
  const write = () => ask(insert, () => database.client.user.create({ data: user() }));

  test('is unavailable and not ready, and takes the first write over a new connection', async () => {
    await alter('set default_transaction_read_only = on');
    open(3);
    await Promise.all([1, 2, 3].map(() => database.query('select pg_sleep(0.05)')));
    await expect(write()).rejects.toThrow(ServiceUnavailable);
    await expect(database.health.check()).rejects.toThrow('cannot be used');
    await Promise.all([1, 2, 3].map(() => database.query('select pg_sleep(0.05)')));
    await alter('set default_transaction_read_only = off');
    await expect(write()).rejects.toThrow(ServiceUnavailable);
    await expect(write()).resolves.toBeDefined();
    await expect(database.health.check()).resolves.toBeUndefined();
    expect(lines.all).toEqual([
      expect.stringMatching(/^PostgreSQL cannot be used \(cannot execute INSERT in a read-only transaction\)/),
      'PostgreSQL can be used again',
    ]);
  });
});

/** SQL states that have nothing to do with what was asked. */
const states: readonly [string, string][] = [
  ['a read-only transaction', '25006'],
  ['a wrong password', '28P01'],
  ['no such database', '3D000'],
  ['a full disk', '53100'],
  ['no memory', '53200'],
  ['too many connections', '53300'],
  ['too large temporary files', '53400'],
  ['a lock that is not available', '55P03'],
  ['an administrator', '57P01'],
  ['a server that starts', '57P03'],
  ['a disk that fails', '58030'],
  ['a serialization conflict', '40001'],
  ['a deadlock', '40P01'],
];

const raise = (state: string) => `do $$ begin raise exception 'planted' using errcode = '${state}'; end $$`;

describe.for(ways)('an error of PostgreSQL %s', ([, ask]) => {
  beforeEach(() => open(2));

  const fail = (state: string) =>
    ask(
      () => database.query(raise(state)),
      () => database.client.$executeRawUnsafe(raise(state)),
    );

  test.each(states)('for %s (%s) is SERVICE_UNAVAILABLE', async (_, state) => {
    await expect(fail(state)).rejects.toThrow(ServiceUnavailable);
  });

  test.each(['57014', '25P03', '25P04'])('for time that is up (%s) is DEADLINE_EXCEEDED', async (state) => {
    await expect(fail(state)).rejects.toThrow(DeadlineExceeded);
  });

  test('of the statement itself stays what it is', async () => {
    await expect(fail('22012')).rejects.toThrow('planted');
  });
});

describe('a database', () => {
  test('with a full disk is not ready for a while, whatever fits into its pages, which is logged once', async () => {
    open(2);
    for (let times = 0; times < 3; times++) await expect(database.query(raise('53100'))).rejects.toThrow();
    await expect(database.health.check()).rejects.toThrow('cannot be used');
    expect(lines.all).toEqual([expect.stringMatching(/^PostgreSQL cannot be used \(.*no space/)]);
  });

  test('that ends one connection stays ready, and the log has the reason once', async () => {
    open(2);
    const noted = lines.next(/^PostgreSQL refused a request \(terminating connection/);
    for (let times = 0; times < 3; times++)
      await expect(database.query('select pg_terminate_backend(pg_backend_pid())')).rejects.toThrow(ServiceUnavailable);
    await noted;
    await database.health.check();
    expect(lines.all).toHaveLength(1);
  });

  test('at its connection limit is unavailable', async () => {
    await alter('connection limit 1');
    open(1);
    await database.query('select 1');
    const other = new PrismaDatabase({ url: created.url, poolSize: 1, logger: new Lines() });
    await expect(other.query('select 1')).rejects.toThrow(ServiceUnavailable);
    await other.close();
  });
});
