import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Unauthenticated } from '../../../../src/contract/built-in-failures.js';
import { BootstrapAdministrator } from '../../../../src/modules/auth/application/bootstrap-administrator.js';
import { EmailTaken, InvalidCredentials, Login, WeakPassword } from '../../../../src/modules/auth/contract/index.js';
import { CreateUser, GetMe } from '../../../../src/modules/users/contract/index.js';
import { engines } from '../../adapters.js';
import { createModulesApplication, freshEmail, type ModulesApplication, password } from '../../modules-application.js';
import { leaveReservation } from '../left-behind.js';

describe.each(engines)('the bootstrap administrator over %s', (_, open) => {
  let app: ModulesApplication;
  beforeAll(async () => {
    app = await createModulesApplication({ adapters: await open() });
  });
  afterAll(() => app?.close());

  const ensure = (email: string, given = password) =>
    app.specimen.get(BootstrapAdministrator).ensure({ email, password: given });
  const expectAdministrator = async (email: string) => {
    const credentials = await app.call(new Login({ email, password }));
    expect(await app.call(new GetMe(), credentials)).toMatchObject({ email });
    expect(await app.call(new CreateUser({ email: freshEmail() }), credentials)).toHaveProperty('id');
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

  test('is completed after a crash, whoever had reserved the address', async () => {
    for (const role of ['USER', 'ADMIN'] as const) {
      const { email } = await leaveReservation(app, { role });
      await ensure(email);
      await expectAdministrator(email);
    }
  });

  test('takes the address over from whoever registered it before, sessions and password included', async () => {
    const stranger = await app.register({ password: 'the password of a stranger' });
    const { email } = stranger.user;
    await ensure(email);
    await expectAdministrator(email);
    await expect(app.call(new GetMe(), stranger)).rejects.toThrow(Unauthenticated);
    const login = app.call(new Login({ email, password: 'the password of a stranger' }));
    await expect(login).rejects.toThrow(InvalidCredentials);
  });

  test('is not made of a user without an account, nor with a weak password', async () => {
    const { email } = await app.call(new CreateUser({ email: freshEmail() }), { token: await app.adminToken() });
    await expect(ensure(email)).rejects.toThrow(EmailTaken);
    await expect(ensure(freshEmail(), 'password123')).rejects.toThrow(WeakPassword);
  });
});
