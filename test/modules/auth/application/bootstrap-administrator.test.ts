import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PermissionDenied } from '../../../../src/contract/built-in-failures.js';
import { BootstrapAdministrator } from '../../../../src/modules/auth/application/bootstrap-administrator.js';
import { SettleAccounts } from '../../../../src/modules/auth/application/settle-accounts.js';
import { EmailTaken, Login, WeakPassword } from '../../../../src/modules/auth/contract/index.js';
import { EmailAddress } from '../../../../src/modules/auth/domain/email-address.js';
import { CreateUser, GetMe, GetUser, UpdateUser } from '../../../../src/modules/users/contract/index.js';
import { engines } from '../../adapters.js';
import { createModulesApplication, freshEmail, type ModulesApplication, password } from '../../modules-application.js';
import { leaveReservation } from '../left-behind.js';

describe.each(engines)('the bootstrap administrator over %s', (_, open) => {
  let app: ModulesApplication;
  beforeEach(async () => {
    app = await createModulesApplication({ adapters: await open() });
  });
  afterEach(() => app?.close());

  const ensure = (email: string, given = password) =>
    app.specimen.get(BootstrapAdministrator).ensure({ email, password: given });
  const accountAt = (email: string) => app.adapters.accounts.findByEmail(EmailAddress.of(email));
  const expectAdministrator = async (email: string) => {
    const credentials = await app.call(new Login({ email, password }));
    expect(await app.call(new GetMe(), credentials)).toMatchObject({ email });
    expect(await app.call(new CreateUser({ email: freshEmail() }), credentials)).toHaveProperty('id');
    return credentials;
  };

  test('is there after the first start and stays the same after the next ones', async () => {
    const email = freshEmail();
    await ensure(email.toUpperCase());
    await expectAdministrator(email);
    await ensure(email, 'a password of a later configuration');
    await expectAdministrator(email);
  });

  test('is made once by processes that start at once', async () => {
    const email = freshEmail();
    await Promise.all([ensure(email), ensure(email), ensure(email)]);
    await expectAdministrator(email);
  });

  test.each(['USER', 'ADMIN'] as const)(
    'is completed after a crash, whoever had reserved the address: %s',
    async (role) => {
      const { email } = await leaveReservation(app, { role });
      await ensure(email);
      await expectAdministrator(email);
    },
  );

  test('is made at no other address while there is an administrator', async () => {
    await ensure(freshEmail());
    const another = freshEmail();
    await ensure(another);
    expect(await accountAt(another)).toBeUndefined();
  });

  test('is not made anew at the address that an administrator had before', async () => {
    const [first, later] = [freshEmail(), freshEmail()];
    await ensure(first);
    const { token } = await expectAdministrator(first);
    const { id } = await app.call(new GetMe(), { token });
    await app.call(new UpdateUser({ id, email: later, clear: [] }), { token });
    await ensure(first);
    expect(await accountAt(first)).toBeUndefined();
    await expectAdministrator(later);
  });

  test('is made anew when somebody has removed the last one from the table', async () => {
    const [first, next] = [freshEmail(), freshEmail()];
    await ensure(first);
    const { token } = await expectAdministrator(first);
    const { id } = await app.call(new GetMe(), { token });
    await app.adapters.accounts.remove(id);
    await ensure(next);
    await expectAdministrator(next);
  });

  test('is nobody who takes its address, whether there is an administrator or not', async () => {
    const [email, admin] = [freshEmail(), freshEmail()];
    const { user, token } = await app.register();
    await app.call(new UpdateUser({ id: user.id, email, clear: [] }), { token });
    await expect(ensure(email)).rejects.toThrow(EmailTaken);
    await ensure(admin);
    await ensure(email);
    expect(await accountAt(email)).toMatchObject({ userId: user.id, role: 'USER' });
    const login = app.call(new Login({ email, password }));
    await expect(app.call(new CreateUser({ email: freshEmail() }), await login)).rejects.toThrow(PermissionDenied);
  });

  test('is not made of a user without an account, nor with a weak password', async () => {
    const { email } = await app.call(new CreateUser({ email: freshEmail() }), { token: await app.adminToken() });
    await expect(ensure(email)).rejects.toThrow(EmailTaken);
    await expect(ensure(freshEmail(), 'password123')).rejects.toThrow(WeakPassword);
  });

  test('is one: a start that was cut short leaves a user when there is an administrator by now', async () => {
    const { userId, email } = await leaveReservation(app, { role: 'ADMIN' });
    await ensure(freshEmail());
    app.clock.advance(61);
    await app.specimen.get(SettleAccounts).run();
    expect(await accountAt(email)).toMatchObject({ userId, role: 'USER', status: 'ACTIVE' });
    expect(await app.call(new GetUser({ id: userId }), { token: await app.adminToken() })).toMatchObject({ email });
  });
});
