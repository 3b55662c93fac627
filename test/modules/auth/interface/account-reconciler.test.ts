import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ServiceUnavailable } from '../../../../src/contract/built-in-failures.js';
import { newId } from '../../../../src/contract/values.js';
import { BootstrapAdministrator } from '../../../../src/modules/auth/application/bootstrap-administrator.js';
import { SettleAccounts } from '../../../../src/modules/auth/application/settle-accounts.js';
import { Login } from '../../../../src/modules/auth/contract/index.js';
import { Session } from '../../../../src/modules/auth/domain/session.js';
import { AccountReconciler } from '../../../../src/modules/auth/interface/account-reconciler.js';
import { CreateUser, DeleteUser, GetMe, UpdateUser } from '../../../../src/modules/users/contract/index.js';
import { DEMO_ADMIN } from '../../../../src/platform/config/security-variables.js';
import { eventually } from '../../../support/eventually.js';
import { createModulesApplication, freshEmail, type ModulesApplication, password } from '../../modules-application.js';
import { leaveReservation } from '../left-behind.js';

describe('the reconciler of accounts', () => {
  let app: ModulesApplication;
  let reconciler: AccountReconciler | undefined;
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    app = await createModulesApplication({ passwordPolicy: 'lax' });
  });
  afterEach(async () => {
    await reconciler?.beforeApplicationShutdown();
    vi.useRealTimers();
    await app.close();
  });

  const start = (administrator?: { email: string; password: string }) => {
    const { specimen, adapters, clock } = app;
    const [bootstrap, settle] = [specimen.get(BootstrapAdministrator), specimen.get(SettleAccounts)];
    reconciler = new AccountReconciler(bootstrap, settle, adapters.sessions, clock, { bootstrapAdmin: administrator });
    return reconciler.onApplicationBootstrap();
  };
  /** A minute later, when all that was begun is done. */
  const nextRound = async () => {
    vi.advanceTimersByTime(60_000);
    await reconciler?.beforeApplicationShutdown();
  };

  test('makes the administrator before the process is ready', async () => {
    const email = freshEmail();
    await start({ email, password });
    expect(await app.call(new Login({ email, password }))).toHaveProperty('token');
  });

  test('lets a process start whose administrator cannot be made, and tries again', async () => {
    const admin = { token: await app.adminToken() };
    const { id, email } = await app.call(new CreateUser({ email: freshEmail() }), admin);
    await start({ email, password });
    await app.call(new DeleteUser({ id }), admin);
    await nextRound();
    expect(await app.call(new Login({ email, password }))).toHaveProperty('token');
  });

  /** What is logged in more than one round. */
  const logged = async (level: 'log' | 'warn', administrator: { email: string; password: string }) => {
    const line = vi.spyOn(Logger.prototype, level).mockReturnValue();
    const ensure = vi.spyOn(app.specimen.get(BootstrapAdministrator), 'ensure');
    await start(administrator);
    await eventually(() => {
      vi.advanceTimersByTime(60_000);
      expect(ensure.mock.calls.length).toBeGreaterThan(2);
    });
    await reconciler?.beforeApplicationShutdown();
    const { calls } = line.mock;
    line.mockRestore();
    ensure.mockRestore();
    return calls;
  };
  const warnings = (email: string) => logged('warn', { email, password });

  test('says in a line, once, that the address of the administrator is a user', async () => {
    const { user } = await app.register();
    const remedy = 'It is the address of a user. Choose one that nobody has';
    expect(await warnings(user.email)).toEqual([[`${user.email} could not be made an administrator: ${remedy}`]]);
  });

  test('says in a line, once, that the administrator waits for another service', async () => {
    vi.spyOn(app.adapters.users, 'add').mockRejectedValue(new ServiceUnavailable());
    const email = freshEmail();
    expect(await warnings(email)).toEqual([[`${email} could not be made an administrator: Try again later`]]);
  });

  test('lets a process start whose administrator waits for a service that hangs', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
    const answer = Promise.withResolvers<void>();
    vi.spyOn(app.specimen.get(BootstrapAdministrator), 'ensure').mockReturnValue(answer.promise);
    const started = start({ email: freshEmail(), password });
    vi.advanceTimersByTime(2_000);
    await started;
    answer.resolve();
  });

  describe('says how to sign in', () => {
    const said = [['The administrator is admin@example.com with password password123 (development only)']];

    test('as the demo administrator, once, at every start', async () => {
      expect(await logged('log', DEMO_ADMIN)).toEqual(said);
      expect(await logged('log', DEMO_ADMIN)).toEqual(said);
    });

    test('when the administrator could be made in a later round only', async () => {
      const add = vi.spyOn(app.adapters.users, 'add').mockRejectedValueOnce(new ServiceUnavailable());
      expect(await logged('log', DEMO_ADMIN)).toEqual(said);
      expect(add).toHaveBeenCalledTimes(2);
    });

    test('but not with a password that is a secret', async () => {
      expect(await logged('log', { email: DEMO_ADMIN.email, password })).toEqual([]);
    });

    test('but not with a password that the account does not have', async () => {
      await start({ email: DEMO_ADMIN.email, password });
      expect(await logged('log', DEMO_ADMIN)).toEqual([]);
    });

    test('but not at an address that the administrator has left', async () => {
      await start(DEMO_ADMIN);
      await reconciler?.beforeApplicationShutdown();
      const { token } = await app.call(new Login(DEMO_ADMIN));
      const { id } = await app.call(new GetMe(), { token });
      await app.call(new UpdateUser({ id, email: freshEmail(), clear: [] }), { token });
      expect(await logged('log', DEMO_ADMIN)).toEqual([]);
    });

    test('but not where another one came first', async () => {
      await start({ email: freshEmail(), password });
      expect(await logged('log', DEMO_ADMIN)).toEqual([]);
    });

    test('but not as a user who has taken the address', async () => {
      await start({ email: freshEmail(), password });
      await app.register(DEMO_ADMIN);
      expect(await logged('log', DEMO_ADMIN)).toEqual([]);
    });
  });

  test('settles what an earlier process left behind', async () => {
    const { userId } = await leaveReservation(app);
    app.clock.advance(61);
    await start();
    await nextRound();
    expect(await app.adapters.accounts.find(userId)).toMatchObject({ status: 'ACTIVE' });
  });

  test('deletes expired sessions', async () => {
    const { sessions } = app.adapters;
    const given = { id: newId(), tenantId: newId(), userId: newId(), tokenHash: 'hash', now: new Date() };
    await sessions.add(Session.open({ ...given, lifetimeSeconds: -1 }));
    await start();
    await nextRound();
    expect(await sessions.find(given.id)).toBeUndefined();
  });
});
