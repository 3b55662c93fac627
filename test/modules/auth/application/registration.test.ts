import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { InvalidArgument } from '../../../../src/contract/built-in-failures.js';
import { SettleAccounts } from '../../../../src/modules/auth/application/settle-accounts.js';
import {
  CloseAccount,
  EmailTaken,
  InvalidCredentials,
  Login,
  Register,
  WeakPassword,
} from '../../../../src/modules/auth/contract/index.js';
import { EmailAddress } from '../../../../src/modules/auth/domain/email-address.js';
import { CreateUser, DeleteUser, GetMe, GetUser } from '../../../../src/modules/users/contract/index.js';
import type { User } from '../../../../src/modules/users/domain/user.js';
import { PrismaUsers } from '../../../../src/modules/users/infrastructure/prisma-users.repository.js';
import { PrismaDatabase } from '../../../../src/platform/database/prisma-database.js';
import { Bus } from '../../../../src/ports/bus.js';
import { MemoryUsers } from '../../../memory/memory-users.repository.js';
import { administer, databaseUrl } from '../../../support/administer.js';
import { testDatabase } from '../../../support/database.js';
import { engines, memoryAdapters } from '../../adapters.js';
import { createModulesApplication, freshEmail, type ModulesApplication, password } from '../../modules-application.js';
import { leaveProfile, leaveReservation } from '../left-behind.js';

describe.each(engines)('a registration over %s', (_, open) => {
  let app: ModulesApplication;
  beforeAll(async () => {
    app = await createModulesApplication({ adapters: await open() });
  });
  afterAll(() => app?.close());

  const account = (email: string) => app.adapters.accounts.findByEmail(EmailAddress.of(email));

  test('signs the new user in', async () => {
    const email = freshEmail();
    const { user, ...credentials } = await app.register({ email: email.toUpperCase(), name: 'Ada' });
    expect(user).toMatchObject({ email, name: 'Ada' });
    expect(await app.call(new GetMe(), credentials)).toEqual(user);
    const lifetime = Date.parse(credentials.expiresAt) - Date.now();
    expect(lifetime / 60_000).toBeCloseTo(15, 0);
    expect(await account(email)).toMatchObject({ userId: user.id, role: 'USER', status: 'ACTIVE' });
  });

  test('needs no name', async () => {
    expect((await app.register()).user.name).toBeUndefined();
  });

  test('refuses a password that is easy to guess, and says which field is wrong', async () => {
    const register = app.call(new Register({ email: freshEmail(), password: 'password123' }));
    await expect(register).rejects.toThrow(WeakPassword);
    await expect(register).rejects.toMatchObject({ issues: [expect.objectContaining({ path: '/password' })] });
    await expect(app.register({ password: 'short' })).rejects.toThrow(InvalidArgument);
  });

  test('refuses a password that is too long when it is composed', async () => {
    const register = (given: string) => app.call(new Register({ email: freshEmail(), password: given }));
    const refused = register('\ufb2c'.repeat(128));
    await expect(refused).rejects.toThrow(WeakPassword);
    await expect(refused).rejects.toMatchObject({ issues: [expect.objectContaining({ path: '/password' })] });
    expect(await register('👍'.repeat(128))).toHaveProperty('token');
  });

  test('of a registered address is refused, in whatever case', async () => {
    const { user } = await app.register();
    await expect(app.register({ email: user.email.toUpperCase() })).rejects.toThrow(EmailTaken);
    expect(await app.call(new Login({ email: user.email, password }))).toHaveProperty('token');
  });

  test('of the address of a user without an account is refused and leaves nothing behind', async () => {
    const admin = { token: await app.adminToken() };
    const user = await app.call(new CreateUser({ email: freshEmail() }), admin);
    await expect(app.register({ email: user.email })).rejects.toThrow(EmailTaken);
    expect(await account(user.email)).toBeUndefined();
    await app.call(new DeleteUser({ id: user.id }), admin);
    expect((await app.register({ email: user.email })).user.email).toBe(user.email);
  });

  test('succeeds for one of many at the same address at once, whose password then counts', async () => {
    const email = freshEmail();
    const passwords = Array.from({ length: 8 }, (__, index) => `the password of rival ${index}`);
    const outcomes = await Promise.allSettled(passwords.map((rival) => app.register({ email, password: rival })));
    const winners = passwords.filter((__, index) => outcomes[index]?.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(EmailTaken);
    expect(await app.call(new Login({ email, password: winners[0] ?? '' }))).toHaveProperty('token');
    expect(await account(email)).toMatchObject({ status: 'ACTIVE' });
  });

  test('continues after a crash, with the same user and the new password', async () => {
    const { email, userId } = await leaveReservation(app);
    await expect(app.call(new Login({ email, password }))).rejects.toThrow(InvalidCredentials);
    const { user } = await app.register({ email });
    expect(user.id).toBe(userId);
    expect(await app.call(new Login({ email, password }))).toHaveProperty('token');
  });

  test('continues after a crash that came after the profile was created', async () => {
    const { user } = await leaveProfile(app);
    const resumed = await app.register({ email: user.email, name: 'Another name' });
    expect(resumed.user).toEqual(user);
  });

  test('takes nothing over from a reservation but the user: no role either', async () => {
    const { email } = await leaveReservation(app, { role: 'ADMIN' });
    await app.register({ email });
    expect(await account(email)).toMatchObject({ role: 'USER' });
  });

  test('of the address of a user whose deletion was interrupted is refused', async () => {
    const { user } = await app.register();
    await app.specimen.get(Bus).asService.execute(new CloseAccount({ userId: user.id }));
    await expect(app.call(new Login({ email: user.email, password }))).rejects.toThrow(InvalidCredentials);
    await expect(app.register({ email: user.email })).rejects.toThrow(EmailTaken);
  });
});

/** Blocks the first call of `add` until it is released. */
class HesitantUsers extends MemoryUsers {
  readonly waiting = Promise.withResolvers<void>();
  readonly goOn = Promise.withResolvers<void>();
  #first = true;

  override async add(user: User): Promise<boolean> {
    if (this.#first) {
      this.#first = false;
      this.waiting.resolve();
      await this.goOn.promise;
    }
    return super.add(user);
  }
}

test('a registration that is overtaken by a later one of the same address fails, and its password never counts', async () => {
  const users = new HesitantUsers();
  const app = await createModulesApplication({ adapters: { ...(await memoryAdapters()), users } });
  const email = freshEmail();
  const overtaken = app.register({ email, password: 'the password of the slow one' });
  await users.waiting.promise;
  const { user } = await app.register({ email });
  users.goOn.resolve();
  await expect(overtaken).rejects.toThrow(EmailTaken);
  expect(await app.adapters.accounts.find(user.id)).toMatchObject({ status: 'ACTIVE' });
  expect(await app.call(new Login({ email, password }))).toHaveProperty('token');
  await app.close();
});

/** Throws the given error. */
class FailingUsers extends MemoryUsers {
  failure: Error | undefined;

  override async add(user: User): Promise<boolean> {
    if (this.failure) throw this.failure;
    return super.add(user);
  }
}

describe('a registration whose profile is refused', () => {
  const users = new FailingUsers();
  let app: ModulesApplication;
  beforeAll(async () => {
    app = await createModulesApplication({ adapters: { ...(await memoryAdapters()), users } });
  });
  afterAll(() => app?.close());
  afterEach(() => {
    users.failure = undefined;
  });

  const expectRefused = async (email: string) => {
    users.failure = new InvalidArgument();
    await expect(app.register({ email })).rejects.toThrow(InvalidArgument);
    users.failure = undefined;
    app.clock.advance(61);
    await app.specimen.get(SettleAccounts).run();
  };

  test('leaves nothing behind that could be completed later', async () => {
    const email = freshEmail();
    await expectRefused(email);
    await expect(app.call(new Login({ email, password }))).rejects.toThrow(InvalidCredentials);
    expect(await app.adapters.accounts.findByEmail(EmailAddress.of(email))).toBeUndefined();
  });

  test('leaves the reservation of an earlier attempt, which may have made the profile', async () => {
    const { user } = await leaveProfile(app);
    await expectRefused(user.email);
    expect(await app.adapters.accounts.findByEmail(EmailAddress.of(user.email))).toMatchObject({ userId: user.id });
  });
});

describe('a registration while the database of users is away', () => {
  let app: ModulesApplication;
  let url: string;
  let close: () => Promise<void>;
  beforeEach(async () => {
    const created = await testDatabase();
    const database = new PrismaDatabase({ url: created.url, poolSize: 2 });
    url = created.url;
    app = await createModulesApplication({
      adapters: { ...(await memoryAdapters()), users: new PrismaUsers(database) },
    });
    close = async () => {
      await app.close();
      await database.close();
      await created.drop();
    };
  });
  afterEach(() => close());

  const name = () => new URL(url).pathname.slice(1);
  const server = (sql: string) => administer(databaseUrl(url, 'postgres'), sql);
  const takeAway = async () => {
    await server(`alter database ${name()} allow_connections false`);
    await server(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name()}'`);
  };
  const bringBack = () => server(`alter database ${name()} allow_connections true`);

  test('fails, and succeeds when it is repeated', async () => {
    const email = freshEmail();
    await takeAway();
    await expect(app.register({ email })).rejects.toThrow();
    await bringBack();
    const { user, token } = await app.register({ email });
    expect(await app.call(new GetUser({ id: user.id }), { token })).toEqual(user);
  });
});
