import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PrismaDatabase } from '../../../src/platform/database/prisma-database.js';
import { queryPage } from '../../../src/platform/database/query-page.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

interface Order {
  readonly id: number;
  readonly total: number;
  readonly isFound: boolean;
}

const orders: readonly Order[] = [
  { id: 1, total: 100, isFound: false },
  { id: 2, total: 200, isFound: true },
  { id: 3, total: 300, isFound: false },
];

describe('a page of a table', () => {
  let created: TestDatabase;
  let database: PrismaDatabase;

  beforeAll(async () => {
    created = await testDatabase();
    database = new PrismaDatabase({ url: created.url, poolSize: 1 });
    await database.query('create table orders (id int, total int, is_found boolean)');
    for (const { id, total, isFound } of orders)
      await database.query('insert into orders values ($1, $2, $3)', [id, total, isFound]);
  });

  afterAll(async () => {
    await database.close();
    await created.drop();
  });

  const page = (columns: string, number: number, isCostly = false) =>
    queryPage(database, {
      columns,
      table: 'orders',
      where: 'id > $1',
      values: [0],
      isCostly,
      orderBy: 'id',
      page: number,
      limit: 2,
    });

  test.each([true, false])(
    'has the selected columns of its rows and no other, costly to look at: %s',
    async (costly) => {
      expect(await page('id', 1, costly)).toEqual({ rows: [{ id: 1 }, { id: 2 }], total: 3 });
    },
  );

  test('keeps apart what it counts and columns of the same names', async () => {
    const columns = 'id, total, is_found as "isFound"';
    expect(await page(columns, 1)).toEqual({ rows: orders.slice(0, 2), total: 3 });
    expect(await page(columns, 2)).toEqual({ rows: orders.slice(2), total: 3 });
    expect(await page(columns, 3)).toEqual({ rows: [], total: 3 });
  });
});
