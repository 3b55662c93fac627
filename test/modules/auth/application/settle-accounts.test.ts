import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SettleAccounts } from '../../../../src/modules/auth/application/settle-accounts.js';
import { CloseAccount, Login } from '../../../../src/modules/auth/contract/index.js';
import { CreateUser, DeleteUser, GetUser, UserNotFound } from '../../../../src/modules/users/contract/index.js';
import { Bus } from '../../../../src/ports/bus.js';
import { engines } from '../../adapters.js';
import { createModulesApplication, type ModulesApplication, password } from '../../modules-application.js';
import { leaveProfile, leaveReservation } from '../left-behind.js';

describe.each(engines)('settling accounts over %s', (_, open) => {
  let app: ModulesApplication;
  let admin: { token: string };
  beforeAll(async () => {
    app = await createModulesApplication({ adapters: await open() });
    admin = { token: await app.adminToken() };
  });
  afterAll(() => app?.close());

  const settle = () => app.specimen.get(SettleAccounts).run();
  const settleLater = () => {
    app.clock.advance(61);
    return settle();
  };
  const account = (userId: string) => app.adapters.accounts.find(userId);

  test('completes a registration that was interrupted before the profile was made', async () => {
    const { userId, email } = await leaveReservation(app);
    await settleLater();
    expect(await account(userId)).toMatchObject({ status: 'ACTIVE' });
    expect(await app.call(new GetUser({ id: userId }), admin)).toMatchObject({ email });
  });

  test('completes a registration that was interrupted before the account was activated', async () => {
    const { user } = await leaveProfile(app);
    await settleLater();
    expect(await app.call(new Login({ email: user.email, password }))).toHaveProperty('token');
    expect(await app.call(new GetUser({ id: user.id }), admin)).toEqual(user);
  });

  test('leaves a registration alone that may still be running', async () => {
    const { userId } = await leaveReservation(app);
    await settle();
    expect(await account(userId)).toMatchObject({ status: 'PENDING' });
  });

  test('removes a reservation whose address is another user', async () => {
    const { userId, email } = await leaveReservation(app);
    await app.call(new CreateUser({ email }), admin);
    await settleLater();
    expect(await account(userId)).toBeUndefined();
  });

  test('completes once what several processes settle at once', async () => {
    const { userId } = await leaveReservation(app);
    app.clock.advance(61);
    await Promise.all([settle(), settle(), settle()]);
    expect(await account(userId)).toMatchObject({ status: 'ACTIVE' });
  });

  test('finishes a deletion that was interrupted after the account was closed', async () => {
    const { user } = await app.register();
    await app.specimen.get(Bus).asService.execute(new CloseAccount({ userId: user.id }));
    await settleLater();
    await expect(app.call(new GetUser({ id: user.id }), admin)).rejects.toThrow(UserNotFound);
    expect(await account(user.id)).toBeUndefined();
    expect(await app.register({ email: user.email })).toHaveProperty('token');
  });

  test('removes the account of a deleted user', async () => {
    const { user } = await app.register();
    await app.call(new DeleteUser({ id: user.id }), admin);
    expect(await account(user.id)).toMatchObject({ status: 'CLOSED' });
    await settleLater();
    expect(await account(user.id)).toBeUndefined();
  });
});
