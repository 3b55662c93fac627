import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChangeAccountEmail, InvalidCredentials, Login } from '../../../../src/modules/auth/contract/index.js';
import { AccountEmails } from '../../../../src/modules/users/application/account-emails.js';
import { DeleteUser, GetUser, UpdateUser } from '../../../../src/modules/users/contract/index.js';
import { EmailAddress } from '../../../../src/modules/users/domain/email-address.js';
import { Bus } from '../../../../src/ports/bus.js';
import { engines } from '../../adapters.js';
import { leaveReservation } from '../../auth/left-behind.js';
import { createModulesApplication, freshEmail, type ModulesApplication, password } from '../../modules-application.js';

describe.each(engines)('accounts that follow their profiles over %s', (_, open) => {
  let app: ModulesApplication;
  beforeAll(async () => {
    app = await createModulesApplication({ adapters: await open() });
  });
  afterAll(() => app?.close());

  const settle = () => app.specimen.get(AccountEmails).settle();
  const login = (email: string) => app.call(new Login({ email, password }));
  const change = (userId: string, email: string, version: number) =>
    app.specimen.get(Bus).asService.execute(new ChangeAccountEmail({ userId, email, version }));

  /** What a crash leaves of a change of address. */
  const leaveBehind = (id: string, email: string) =>
    app.adapters.unitOfWork.run(async () => {
      const { users } = app.adapters;
      const user = await users.lock(id);
      if (user) await users.save(user.changeEmail(EmailAddress.of(email), new Date()));
    });

  test('are brought after them when a crash left them behind, however many processes do so at once', async () => {
    const { user } = await app.register();
    const email = freshEmail();
    await leaveBehind(user.id, email);
    await Promise.all([settle(), settle(), settle()]);
    expect(await login(email)).toHaveProperty('token');
    await expect(login(user.email)).rejects.toThrow(InvalidCredentials);
    expect(await app.adapters.users.find(user.id)).toMatchObject({ accountBehind: false });
  });

  test('are brought after them by a repeated update', async () => {
    const { token, user } = await app.register();
    const email = freshEmail();
    await leaveBehind(user.id, email);
    await app.call(new UpdateUser({ id: user.id, email, clear: [] }), { token });
    expect(await login(email)).toHaveProperty('token');
  });

  test('keep the latest address when an earlier change arrives after it', async () => {
    const { user } = await app.register();
    const [earlier, latest] = [freshEmail(), freshEmail()];
    await change(user.id, latest, 2);
    await change(user.id, earlier, 1);
    expect(await login(latest)).toHaveProperty('token');
    await expect(login(earlier)).rejects.toThrow(InvalidCredentials);
  });

  test('stay behind when the profile has changed again meanwhile', async () => {
    const { user } = await app.register();
    const email = freshEmail();
    await leaveBehind(user.id, freshEmail());
    await leaveBehind(user.id, email);
    await app.adapters.users.accountFollowed(user.id, 1);
    await settle();
    expect(await login(email)).toHaveProperty('token');
  });

  test('get the addresses of one another', async () => {
    const [one, other] = [await app.register(), await app.register()];
    await leaveBehind(other.user.id, freshEmail());
    await leaveBehind(one.user.id, other.user.email);
    await leaveBehind(other.user.id, one.user.email);
    await settle().catch(() => undefined);
    await settle();
    for (const { user } of [one, other]) {
      const { email } = await app.call(new GetUser({ id: user.id }), { token: await app.adminToken() });
      expect(await app.adapters.accounts.find(user.id)).toMatchObject({ email: { value: email } });
    }
  });

  test('keep the former address until a registration of the new one has failed', async () => {
    const [{ token, user }, reserved] = [await app.register(), await leaveReservation(app)];
    const { email } = await app.call(new UpdateUser({ id: user.id, email: reserved.email, clear: [] }), { token });
    expect(await login(user.email)).toHaveProperty('token');
    await expect(settle()).rejects.toThrow(AggregateError);
    await app.adapters.accounts.remove(reserved.userId);
    await settle();
    expect(await login(email)).toHaveProperty('token');
  });

  test('stay closed when the user is deleted', async () => {
    const { token, user } = await app.register();
    const email = freshEmail();
    await leaveBehind(user.id, email);
    await app.call(new DeleteUser({ id: user.id }), { token });
    await change(user.id, email, 9);
    await settle();
    await expect(login(email)).rejects.toThrow(InvalidCredentials);
  });
});
