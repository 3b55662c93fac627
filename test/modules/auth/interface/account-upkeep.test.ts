import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { newId } from '../../../../src/contract/values.js';
import { BootstrapAdministrator } from '../../../../src/modules/auth/application/bootstrap-administrator.js';
import { SettleAccounts } from '../../../../src/modules/auth/application/settle-accounts.js';
import { Login } from '../../../../src/modules/auth/contract/index.js';
import { Session } from '../../../../src/modules/auth/domain/session.js';
import { AccountUpkeep } from '../../../../src/modules/auth/interface/account-upkeep.js';
import { CreateUser, DeleteUser } from '../../../../src/modules/users/contract/index.js';
import { createModulesApplication, freshEmail, type ModulesApplication, password } from '../../modules-application.js';
import { leaveReservation } from '../left-behind.js';

describe('the upkeep of accounts', () => {
  let app: ModulesApplication;
  let upkeep: AccountUpkeep | undefined;
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    app = await createModulesApplication();
  });
  afterEach(async () => {
    await upkeep?.beforeApplicationShutdown();
    vi.useRealTimers();
    await app.close();
  });

  const start = (administrator?: { email: string; password: string }) => {
    const { specimen, adapters, clock } = app;
    const [bootstrap, settle] = [specimen.get(BootstrapAdministrator), specimen.get(SettleAccounts)];
    upkeep = new AccountUpkeep(bootstrap, settle, adapters.sessions, clock, administrator);
    return upkeep.onApplicationBootstrap();
  };
  /** A minute later, when all that was begun is done. */
  const nextRound = async () => {
    vi.advanceTimersByTime(60_000);
    await upkeep?.beforeApplicationShutdown();
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

  test('lets a process start whose administrator waits for a service that hangs', async () => {
    const { specimen, adapters, clock } = app;
    const answer = Promise.withResolvers<void>();
    const bootstrap = specimen.get(BootstrapAdministrator);
    vi.spyOn(bootstrap, 'ensure').mockReturnValue(answer.promise);
    const administrator = { email: freshEmail(), password };
    upkeep = new AccountUpkeep(bootstrap, specimen.get(SettleAccounts), adapters.sessions, clock, administrator, 1);
    await upkeep.onApplicationBootstrap();
    answer.resolve();
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
