import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../src/client/client.js';
import { createClient } from '../../src/client/create-client.js';
import { Unauthenticated } from '../../src/contract/built-in-failures.js';
import { Login, Logout, Register } from '../../src/modules/auth/contract/index.js';
import { CreateUser, GetMe, GetUser, UpdateUser } from '../../src/modules/users/contract/index.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { forEachPart } from '../support/parts.js';
import { type RunningProcess, startProcess } from '../support/process.js';
import { type SplitTarget, startSplit } from '../support/split.js';

const password = 'correct horse battery';
const administrator = { email: 'administrator@example.com', password };
const newEmail = (): string => `user-${crypto.randomUUID()}@example.com`;

const shared = {
  JWT_SECRET: 'a secret of the topology tests, long enough',
  BOOTSTRAP_ADMIN_EMAIL: administrator.email,
  BOOTSTRAP_ADMIN_PASSWORD: administrator.password,
};

describe('the monolith, and gateway and services, on the same database at the same time', () => {
  let database: TestDatabase;
  let monolith: RunningProcess;
  let split: SplitTarget;
  let monolithUrl = '';
  const clients: Client[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    const own = { DATABASE_URL: database.url };
    monolith = startProcess({ ...shared, ...own });
    [, monolithUrl = ''] = await monolith.line(/Health +(http[^/]*\/\/[^/"]+)/);
    split = await startSplit(shared, await forEachPart(() => own));
  }, 300_000);

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await split?.stop();
    await monolith?.end('SIGTERM');
    await database?.drop();
  });

  function connect(url: string, token?: string): Client {
    const client = createClient({ protocol: 'rest', url, token });
    clients.push(client);
    return client;
  }

  const places = () => ({ before: monolithUrl, after: split.addresses.http });

  test('know the users, passwords and tokens of each other', async () => {
    const { before, after } = places();
    for (const [here, there] of [
      [before, after],
      [after, before],
    ] as const) {
      const email = newEmail();
      const { user, token } = await connect(here).execute(new Register({ email, password, name: 'Ada' }));
      expect(await connect(there, token).execute(new GetMe())).toEqual(user);
      const moved = newEmail();
      await connect(there, token).execute(new UpdateUser({ id: user.id, email: moved, clear: [] }));
      const { token: later } = await connect(here).execute(new Login({ email: moved, password }));
      expect(await connect(here, later).execute(new GetUser({ id: user.id }))).toMatchObject({ email: moved });
    }
  });

  test('refuse a token that the other one has revoked', async () => {
    const { before, after } = places();
    for (const [here, there] of [
      [before, after],
      [after, before],
    ] as const) {
      const { token } = await connect(here).execute(new Register({ email: newEmail(), password, name: 'Ada' }));
      const elsewhere = connect(there, token);
      await elsewhere.execute(new GetMe());
      await connect(here, token).execute(new Logout());
      await eventually(() => expect(elsewhere.execute(new GetMe())).rejects.toBeInstanceOf(Unauthenticated));
    }
  });

  test('run a command once whose idempotency key came to both', async () => {
    const { before, after } = places();
    const command = new CreateUser({ email: newEmail() });
    const idempotencyKey = crypto.randomUUID();
    const { token } = await connect(before).execute(new Login(administrator));
    const created = await connect(before, token).execute(command, { idempotencyKey });
    expect(await connect(after, token).execute(command, { idempotencyKey })).toEqual(created);
  });
});
