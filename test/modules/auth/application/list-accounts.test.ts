import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PermissionDenied, Unauthenticated } from '../../../../src/contract/built-in-failures.js';
import { ListAccounts, Login } from '../../../../src/modules/auth/contract/index.js';
import { CreateUser, DeleteUser } from '../../../../src/modules/users/contract/index.js';
import { graphqlModule } from '../../../../src/protocols/graphql/graphql.module.js';
import { MemoryUsers } from '../../../memory/memory-users.repository.js';
import { engines, memoryAdapters } from '../../adapters.js';
import { createModulesApplication, freshEmail, type ModulesApplication, password } from '../../modules-application.js';

describe.each(engines)('the list of accounts over %s', (_, open) => {
  let app: ModulesApplication;
  let admin: { token: string };
  beforeAll(async () => {
    app = await createModulesApplication({ adapters: await open() });
    admin = { token: await app.adminToken() };
  });
  afterAll(() => app?.close());

  test('contains all who registered, the latest first, without passwords', async () => {
    const [one, other] = [await app.register(), await app.register()];
    await app.call(new CreateUser({ email: freshEmail() }), admin);
    const { items, pageMeta } = await app.call(new ListAccounts(), admin);
    expect([items.length, pageMeta.totalItems]).toEqual([2, 2]);
    const [first, second] = items;
    expect(first).toEqual({
      userId: other.user.id,
      email: other.user.email,
      role: 'USER',
      disabled: false,
      createdAt: first?.createdAt,
    });
    expect(second?.userId).toBe(one.user.id);
  });

  test('leaves out deleted users', async () => {
    const { user } = await app.register();
    await app.call(new DeleteUser({ id: user.id }), admin);
    const { items } = await app.call(new ListAccounts(), admin);
    expect(items.map(({ userId }) => userId)).not.toContain(user.id);
  });

  test('is for administrators', async () => {
    const email = freshEmail();
    await app.register({ email });
    const { token } = await app.call(new Login({ email, password }));
    await expect(app.call(new ListAccounts(), { token })).rejects.toThrow(PermissionDenied);
    await expect(app.call(new ListAccounts())).rejects.toThrow(Unauthenticated);
  });
});

class CountedUsers extends MemoryUsers {
  lookUps = 0;

  override findAll(ids: readonly string[]) {
    this.lookUps++;
    return super.findAll(ids);
  }
}

describe('accounts over GraphQL', () => {
  const users = new CountedUsers();
  let app: ModulesApplication;
  beforeAll(async () => {
    const imports = [graphqlModule({ introspection: false, graphiql: false })];
    app = await createModulesApplication({ adapters: { ...(await memoryAdapters()), users }, imports });
    await app.specimen.app.listen(0, '127.0.0.1');
  });
  afterAll(() => app?.close());

  test('have their users, which costs one look-up', async () => {
    const names = ['Ada', 'Grace', 'Edsger'];
    for (const name of names) await app.register({ name });
    await app.register();
    const answer = await fetch(`${await app.specimen.app.getUrl()}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await app.adminToken()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ accounts { role disabled user { name } } }' }),
    });
    const account = (name: string | null) => ({ role: 'USER', disabled: false, user: { name } });
    const { data } = (await answer.json()) as { data: { accounts: unknown[] } };
    expect(data.accounts).toHaveLength(4);
    expect(data.accounts).toEqual(expect.arrayContaining([...names, null].map(account)));
    expect(users.lookUps).toBe(1);
  });
});
