import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  IdempotencyKeyReused,
  InvalidArgument,
  PermissionDenied,
  Unauthenticated,
} from '../../../../src/contract/built-in-failures.js';
import { newId } from '../../../../src/contract/values.js';
import { Registration } from '../../../../src/modules/auth/application/registration.js';
import { InvalidCredentials, Login } from '../../../../src/modules/auth/contract/index.js';
import {
  CreateUser,
  CreateUserProfile,
  DeleteUser,
  EmailTaken,
  GetMe,
  GetUser,
  ListUsers,
  UpdateUser,
  UserIsAdministrator,
  UserNotFound,
} from '../../../../src/modules/users/contract/index.js';
import { Bus } from '../../../../src/ports/bus.js';
import { engines } from '../../adapters.js';
import { createModulesApplication, freshEmail, type ModulesApplication, password } from '../../modules-application.js';

describe.each(engines)('over %s', (_, open) => {
  let app: ModulesApplication;
  let admin: { token: string };
  beforeAll(async () => {
    app = await createModulesApplication({ adapters: await open() });
    admin = { token: await app.adminToken() };
  });
  afterAll(() => app?.close());

  const newAdministrator = async () => {
    const email = freshEmail();
    await app.specimen.get(Registration).register({ email, password, role: 'ADMIN' });
    const { token } = await app.call(new Login({ email, password }));
    return { ...(await app.call(new GetMe(), { token })), token };
  };
  const signedIn = async (particulars?: { email?: string; name?: string }) => {
    const { token, user } = await app.register(particulars);
    return { token, user };
  };

  describe('a user made by an administrator', () => {
    test('has a normalized address and no name unless given', async () => {
      const email = freshEmail();
      const user = await app.call(new CreateUser({ email: email.toUpperCase() }), admin);
      expect(user).toMatchObject({ email, name: undefined, createdAt: user.updatedAt });
      expect(user.id[14]).toBe('7');
      const named = await app.call(new CreateUser({ email: freshEmail(), name: ' Ada ' }), admin);
      expect(named.name).toBe('Ada');
    });

    test('needs an address that no other user has, in whatever case', async () => {
      const { email } = await app.call(new CreateUser({ email: freshEmail() }), admin);
      await expect(app.call(new CreateUser({ email: email.toUpperCase() }), admin)).rejects.toThrow(EmailTaken);
    });

    test('is made once by repeated requests with one idempotency key', async () => {
      const keyed = { ...admin, idempotencyKey: newId() };
      const message = new CreateUser({ email: freshEmail() });
      const [first, second] = [await app.call(message, keyed), await app.call(message, keyed)];
      expect(second).toEqual(first);
      const other = app.call(new CreateUser({ email: freshEmail() }), keyed);
      await expect(other).rejects.toThrow(IdempotencyKeyReused);
    });

    test('is created by no other caller', async () => {
      const message = new CreateUser({ email: freshEmail() });
      await expect(app.call(message)).rejects.toThrow(Unauthenticated);
      await expect(app.call(message, await signedIn())).rejects.toThrow(PermissionDenied);
    });

    test.each(['', ' ', 'x'.repeat(201)])('has a name that is one, not "%s"', async (name) => {
      await expect(app.call(new CreateUser({ email: freshEmail(), name }), admin)).rejects.toThrow(InvalidArgument);
    });
  });

  describe('a profile made for another module', () => {
    const profile = (userId: string, email: string) =>
      app.specimen.get(Bus).asService.execute(new CreateUserProfile({ userId, email }));

    test('is created once for one id, even by parallel calls', async () => {
      const [userId, email] = [newId(), freshEmail()];
      const made = await Promise.all([profile(userId, email), profile(userId, email), profile(userId, email)]);
      expect(new Set(made.map((user) => JSON.stringify(user))).size).toBe(1);
      expect(made[0]).toMatchObject({ id: userId, email });
    });

    test('needs an address that no other user has', async () => {
      const { email } = await app.call(new CreateUser({ email: freshEmail() }), admin);
      await expect(profile(newId(), email)).rejects.toThrow(EmailTaken);
    });
  });

  describe('reading', () => {
    test('gives a user to themselves and to administrators', async () => {
      const { token, user } = await signedIn({ name: 'Ada' });
      expect(await app.call(new GetUser({ id: user.id }), { token })).toEqual(user);
      expect(await app.call(new GetMe(), { token })).toEqual(user);
      expect(await app.call(new GetUser({ id: user.id }), admin)).toEqual(user);
    });

    test('takes an id in any case', async () => {
      const { token, user } = await signedIn();
      const id = user.id.toUpperCase();
      expect(await app.call(new GetUser({ id }), { token })).toEqual(user);
      expect(await app.call(new UpdateUser({ id, name: 'Ada', clear: [] }), { token })).toMatchObject({ name: 'Ada' });
      await expect(app.call(new DeleteUser({ id }), { token })).resolves.toBeUndefined();
    });

    test('shows an ordinary user nothing of others, not even whether they exist', async () => {
      const [{ token }, other] = [await signedIn(), await signedIn()];
      await expect(app.call(new GetUser({ id: other.user.id }), { token })).rejects.toThrow(PermissionDenied);
      await expect(app.call(new GetUser({ id: newId() }), { token })).rejects.toThrow(PermissionDenied);
      await expect(app.call(new GetUser({ id: newId() }))).rejects.toThrow(Unauthenticated);
    });

    test('is not found where there is no such user', async () => {
      await expect(app.call(new GetUser({ id: newId() }), admin)).rejects.toThrow(UserNotFound);
      await expect(app.call(new GetMe(), admin)).rejects.toThrow(UserNotFound);
      await expect(app.call(new GetMe())).rejects.toThrow(Unauthenticated);
    });

    test('lists to an ordinary user themselves alone', async () => {
      const [{ token, user }] = [await signedIn(), await signedIn()];
      const page = await app.call(new ListUsers(), { token });
      expect(page).toEqual({ items: [user], pageMeta: { page: 1, limit: 20, totalItems: 1, totalPages: 1 } });
      await expect(app.call(new ListUsers())).rejects.toThrow(Unauthenticated);
    });

    test('lists to an administrator page by page whom they search', async () => {
      const name = `Searched ${newId()}`;
      const made = [];
      for (const count of [1, 2, 3])
        made.push(await app.call(new CreateUser({ email: `${count}-${freshEmail()}`, name }), admin));
      const search = { q: name.toLowerCase(), sort: 'EMAIL_DESC', limit: 2 } as const;
      const page = await app.call(new ListUsers({ ...search, page: 2 }), admin);
      expect(page).toEqual({
        items: [made[0]],
        pageMeta: { page: 2, limit: 2, totalItems: 3, totalPages: 2 },
      });
    });
  });

  describe('updating', () => {
    test('changes what is given and nothing else', async () => {
      const { token, user } = await signedIn({ name: 'Ada' });
      app.clock.advance(1);
      const renamed = await app.call(new UpdateUser({ id: user.id, name: 'Augusta Ada', clear: [] }), { token });
      expect(renamed).toEqual({ ...user, name: 'Augusta Ada', updatedAt: renamed.updatedAt });
      expect(renamed.updatedAt > user.updatedAt).toBe(true);
      expect(await app.call(new UpdateUser({ id: user.id, clear: [] }), { token })).toEqual(renamed);
      const nameless = await app.call(new UpdateUser({ id: user.id, clear: ['NAME'] }), { token });
      expect(nameless.name).toBeUndefined();
    });

    test('refuses to set and clear a field at once', async () => {
      const { token, user } = await signedIn();
      const update = app.call(new UpdateUser({ id: user.id, name: 'Ada', clear: ['NAME'] }), { token });
      await expect(update).rejects.toMatchObject({ issues: [expect.objectContaining({ path: '/clear' })] });
    });

    test('of the address changes what one logs in with', async () => {
      const { token, user } = await signedIn();
      const email = freshEmail();
      const updated = await app.call(new UpdateUser({ id: user.id, email: email.toUpperCase(), clear: [] }), { token });
      expect(updated.email).toBe(email);
      await expect(app.call(new Login({ email: user.email, password }))).rejects.toThrow(InvalidCredentials);
      expect(await app.call(new Login({ email, password }))).toHaveProperty('token');
    });

    test('to the address of another account changes nothing', async () => {
      const [{ token, user }, other] = [await signedIn(), await signedIn()];
      const update = app.call(new UpdateUser({ id: user.id, email: other.user.email, clear: [] }), { token });
      await expect(update).rejects.toThrow(EmailTaken);
      expect(await app.call(new GetMe(), { token })).toEqual(user);
      expect(await app.call(new Login({ email: user.email, password }))).toHaveProperty('token');
    });

    test('to the address of a user without an account changes nothing', async () => {
      const { token, user } = await signedIn();
      const { email } = await app.call(new CreateUser({ email: freshEmail() }), admin);
      const update = app.call(new UpdateUser({ id: user.id, email, clear: [] }), { token });
      await expect(update).rejects.toThrow(EmailTaken);
      expect(await app.call(new Login({ email: user.email, password }))).toHaveProperty('token');
      await expect(app.call(new Login({ email, password }))).rejects.toThrow(InvalidCredentials);
    });

    test('of the address by repeated requests with one idempotency key answers the same', async () => {
      const { token, user } = await signedIn();
      const message = new UpdateUser({ id: user.id, email: freshEmail(), clear: [] });
      const keyed = { token, idempotencyKey: newId() };
      const [first, second] = [await app.call(message, keyed), await app.call(message, keyed)];
      expect(second).toEqual(first);
    });

    test('of the address several times at once leaves what the profile says', async () => {
      const { token, user } = await signedIn();
      const update = () => app.call(new UpdateUser({ id: user.id, email: freshEmail(), clear: [] }), { token });
      await Promise.all([update(), update(), update()]);
      const { email } = await app.call(new GetMe(), { token });
      expect(await app.call(new Login({ email, password }))).toHaveProperty('token');
    });

    test('loses neither of two changes made at once', async () => {
      const { token, user } = await signedIn({ name: 'Ada' });
      const email = freshEmail();
      await Promise.all([
        app.call(new UpdateUser({ id: user.id, name: 'Grace', clear: [] }), { token }),
        app.call(new UpdateUser({ id: user.id, email, clear: [] }), { token }),
      ]);
      expect(await app.call(new GetMe(), { token })).toMatchObject({ email, name: 'Grace' });
    });

    test('needs a user, and is for themselves and administrators', async () => {
      const [{ token }, other] = [await signedIn(), await signedIn()];
      const update = (id: string) => new UpdateUser({ id, name: 'Mallory', email: freshEmail(), clear: [] });
      await expect(app.call(update(other.user.id), { token })).rejects.toThrow(PermissionDenied);
      await expect(app.call(update(newId()), admin)).rejects.toThrow(UserNotFound);
      const { email: _, ...nameOnly } = update(newId()).input;
      await expect(app.call(new UpdateUser(nameOnly), admin)).rejects.toThrow(UserNotFound);
      expect(await app.call(update(other.user.id), admin)).toMatchObject({ name: 'Mallory' });
    });
  });

  describe('deleting', () => {
    test('ends the account with the user, and the address is free again', async () => {
      const { token, user } = await signedIn();
      const elsewhere = await app.call(new Login({ email: user.email, password }));
      await app.call(new DeleteUser({ id: user.id }), { token });
      for (const stopped of [token, elsewhere.token])
        await expect(app.call(new GetMe(), { token: stopped })).rejects.toThrow(Unauthenticated);
      await expect(app.call(new Login({ email: user.email, password }))).rejects.toThrow(InvalidCredentials);
      await expect(app.call(new GetUser({ id: user.id }), admin)).rejects.toThrow(UserNotFound);
      const again = await app.register({ email: user.email });
      expect(again.user.id).not.toBe(user.id);
      expect(await app.call(new GetMe(), again)).toEqual(again.user);
    });

    test('works for a user without an account, once', async () => {
      const { id } = await app.call(new CreateUser({ email: freshEmail() }), admin);
      await expect(app.call(new DeleteUser({ id }), admin)).resolves.toBeUndefined();
      await expect(app.call(new DeleteUser({ id }), admin)).rejects.toThrow(UserNotFound);
    });

    test('answers a repeated idempotency key as the first time', async () => {
      const { id } = await app.call(new CreateUser({ email: freshEmail() }), admin);
      const keyed = { ...admin, idempotencyKey: newId() };
      await app.call(new DeleteUser({ id }), keyed);
      await expect(app.call(new DeleteUser({ id }), keyed)).resolves.toBeUndefined();
    });

    test('refuses for an administrator every time, and keeps sign-in and tokens', async () => {
      const { email, id, token } = await newAdministrator();
      for (const caller of [{ token }, admin, admin])
        await expect(app.call(new DeleteUser({ id }), caller)).rejects.toThrow(UserIsAdministrator);
      expect(await app.call(new GetMe(), { token })).toMatchObject({ id, email });
      expect(await app.call(new Login({ email, password }))).toHaveProperty('token');
    });

    test('is for themselves and administrators', async () => {
      const [{ token }, other] = [await signedIn(), await signedIn()];
      await expect(app.call(new DeleteUser({ id: other.user.id }), { token })).rejects.toThrow(PermissionDenied);
      await expect(app.call(new DeleteUser({ id: other.user.id }))).rejects.toThrow(Unauthenticated);
    });
  });
});
