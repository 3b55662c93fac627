import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Login, Register } from '../../src/modules/auth/contract/index.js';
import { GetMe } from '../../src/modules/users/contract/index.js';
import { startApplication } from '../support/application.js';
import { createClient } from '../support/create-client.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import type { RunningTarget } from '../support/target.js';
import { behindPgBouncer, hasPgBouncer, setUnusually } from '../support/unusual-database.js';

let database: TestDatabase;
let target: RunningTarget;

beforeEach(async () => {
  database = await testDatabase();
});

afterEach(async () => {
  await target.stop();
  await database.drop();
});

describe('on a database with date style, time zone, time-outs and isolation of its own', () => {
  async function registers(): Promise<void> {
    const client = createClient({ protocol: 'rest', url: target.addresses.http });
    const person = { email: 'ada@example.com', password: 'correct horse battery' };
    const before = Date.now();
    await client.execute(new Register(person));
    const { token } = await client.execute(new Login(person));
    await client.close();
    const signedIn = createClient({ protocol: 'rest', url: target.addresses.http, token });
    const { createdAt } = await signedIn.execute(new GetMe());
    await signedIn.close();
    expect(Math.abs(Date.parse(createdAt) - before)).toBeLessThan(60_000);
  }

  test('people register and sign in', async () => {
    await setUnusually(database.url, { isPooled: false });
    target = await startApplication({ DATABASE_URL: database.url });
    await registers();
  });

  test.skipIf(!hasPgBouncer)('people register and sign in through PgBouncer (PGBOUNCER_URL)', async () => {
    await setUnusually(database.url, { isPooled: true });
    target = await startApplication({ DATABASE_URL: behindPgBouncer(database.url), DATABASE_DIRECT_URL: database.url });
    await registers();
  });
});
