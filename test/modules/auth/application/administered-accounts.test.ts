import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PermissionDenied, Unauthenticated } from '../../../../src/contract/built-in-failures.js';
import { newId } from '../../../../src/contract/values.js';
import {
  AccountDisabled,
  AccountNotFound,
  ChangeAccountRole,
  DisableAccount,
  EnableAccount,
  InvalidCredentials,
  InvalidRefreshToken,
  Login,
  RefreshSession,
} from '../../../../src/modules/auth/contract/index.js';
import {
  CreateUser,
  DeleteUser,
  GetMe,
  ListUsers,
  UserIsAdministrator,
} from '../../../../src/modules/users/contract/index.js';
import { engines } from '../../adapters.js';
import { createModulesApplication, freshEmail, type ModulesApplication, password } from '../../modules-application.js';
import { leaveReservation } from '../left-behind.js';

describe.each(engines)('over %s', (_, open) => {
  let app: ModulesApplication;
  let admin: { token: string };
  beforeAll(async () => {
    app = await createModulesApplication({ adapters: await open() });
    admin = { token: await app.adminToken() };
    const { user } = await app.register();
    await app.call(new ChangeAccountRole({ userId: user.id, role: 'ADMIN' }), admin);
  });
  afterAll(() => app?.close());

  const login = (email: string, given = password) => app.call(new Login({ email, password: given }));
  const refresh = (refreshToken: string) => app.call(new RefreshSession({ refreshToken }));
  const me = (token: string) => app.call(new GetMe(), { token });
  const changeRole = (userId: string, role: 'USER' | 'ADMIN') =>
    app.call(new ChangeAccountRole({ userId, role }), admin);
  const disable = (userId: string) => app.call(new DisableAccount({ userId }), admin);
  const enable = (userId: string) => app.call(new EnableAccount({ userId }), admin);

  describe('the role of an account', () => {
    test('applies to sign-ins after it was changed', async () => {
      const { user } = await app.register();
      const account = { userId: user.id, email: user.email, disabled: false, createdAt: expect.any(String) };
      expect(await changeRole(user.id, 'ADMIN')).toEqual({ ...account, role: 'ADMIN' });
      expect(await app.call(new ListUsers(), await login(user.email))).toHaveProperty('items');
      expect(await changeRole(user.id, 'USER')).toEqual({ ...account, role: 'USER' });
      const { items } = await app.call(new ListUsers(), await login(user.email));
      expect(items.map(({ id }) => id)).toEqual([user.id]);
    });

    test('leaves nothing to the tokens of the former one, those that renew included', async () => {
      const { user } = await app.register();
      for (const role of ['ADMIN', 'USER'] as const) {
        const { token, refreshToken } = await login(user.email);
        await changeRole(user.id, role);
        await expect(me(token)).rejects.toThrow(Unauthenticated);
        await expect(refresh(refreshToken)).rejects.toThrow(InvalidRefreshToken);
      }
    });

    test('leaves all as it was where it is the same', async () => {
      const { user, token, refreshToken } = await app.register();
      expect(await changeRole(user.id, 'USER')).toMatchObject({ role: 'USER' });
      expect(await me(token)).toEqual(user);
      expect(await refresh(refreshToken)).toHaveProperty('token');
    });

    test('decides whether the user can be deleted', async () => {
      const { user } = await app.register();
      await changeRole(user.id, 'ADMIN');
      await expect(app.call(new DeleteUser({ id: user.id }), admin)).rejects.toThrow(UserIsAdministrator);
      await changeRole(user.id, 'USER');
      await expect(app.call(new DeleteUser({ id: user.id }), admin)).resolves.toBeUndefined();
    });
  });

  describe('a disabled account', () => {
    test('cannot be signed in to; only the right password shows that it is disabled', async () => {
      const { user } = await app.register();
      expect(await disable(user.id)).toMatchObject({ userId: user.id, disabled: true });
      await expect(login(user.email)).rejects.toThrow(AccountDisabled);
      await expect(login(user.email, 'wrong')).rejects.toThrow(InvalidCredentials);
    });

    test('has no token that works', async () => {
      const { user, ...one } = await app.register();
      const other = await login(user.email);
      await disable(user.id);
      for (const { token, refreshToken } of [one, other]) {
        await expect(me(token)).rejects.toThrow(Unauthenticated);
        await expect(refresh(refreshToken)).rejects.toThrow(AccountDisabled);
      }
    });

    test('stays so when it is disabled again', async () => {
      const { user } = await app.register();
      await disable(user.id);
      expect(await disable(user.id)).toMatchObject({ disabled: true });
      await expect(login(user.email)).rejects.toThrow(AccountDisabled);
    });

    test('can be signed in to when it is enabled, and its tokens from before stay dead', async () => {
      const { user, token, refreshToken } = await app.register();
      await disable(user.id);
      expect(await enable(user.id)).toMatchObject({ userId: user.id, disabled: false });
      await expect(me(token)).rejects.toThrow(Unauthenticated);
      await expect(refresh(refreshToken)).rejects.toThrow(InvalidRefreshToken);
      expect(await me((await login(user.email)).token)).toEqual(user);
    });

    test('keeps its role', async () => {
      const { user } = await app.register();
      await changeRole(user.id, 'ADMIN');
      await disable(user.id);
      await expect(app.call(new DeleteUser({ id: user.id }), admin)).rejects.toThrow(UserIsAdministrator);
      expect(await enable(user.id)).toMatchObject({ role: 'ADMIN' });
    });
  });

  test('an account that is enabled already keeps its tokens', async () => {
    const { user, token, refreshToken } = await app.register();
    expect(await enable(user.id)).toMatchObject({ disabled: false });
    expect(await me(token)).toEqual(user);
    expect(await refresh(refreshToken)).toHaveProperty('token');
  });

  test('a repeated idempotency key gets the first outcome', async () => {
    const { user } = await app.register();
    const keyed = { ...admin, idempotencyKey: newId() };
    const promote = () => app.call(new ChangeAccountRole({ userId: user.id, role: 'ADMIN' }), keyed);
    const first = await promote();
    await changeRole(user.id, 'USER');
    expect(await promote()).toEqual(first);
    await expect(app.call(new DeleteUser({ id: user.id }), admin)).resolves.toBeUndefined();
  });

  test('only active accounts can be changed', async () => {
    const { id: withoutAccount } = await app.call(new CreateUser({ email: freshEmail() }), admin);
    const { userId: pending } = await leaveReservation(app);
    const { user: deleted } = await app.register();
    await app.call(new DeleteUser({ id: deleted.id }), admin);
    for (const userId of [newId(), withoutAccount, pending, deleted.id]) {
      await expect(changeRole(userId, 'ADMIN')).rejects.toThrow(AccountNotFound);
      await expect(disable(userId)).rejects.toThrow(AccountNotFound);
      await expect(enable(userId)).rejects.toThrow(AccountNotFound);
    }
  });

  test('nobody but an administrator changes accounts, not even their own', async () => {
    const { user, token } = await app.register();
    const changes = [
      new ChangeAccountRole({ userId: user.id, role: 'ADMIN' }),
      new DisableAccount({ userId: user.id }),
      new EnableAccount({ userId: user.id }),
    ];
    for (const change of changes) {
      await expect(app.call(change, { token })).rejects.toThrow(PermissionDenied);
      await expect(app.call(change)).rejects.toThrow(Unauthenticated);
    }
  });
});
