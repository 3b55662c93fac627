import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seed } from '../../src/apps/seed.js';
import { Login } from '../../src/modules/auth/contract/index.js';
import { ListUsers } from '../../src/modules/users/contract/index.js';
import { Bus } from '../../src/ports/bus.js';
import { createModulesApplication, type ModulesApplication } from '../modules/modules-application.js';

describe('seeding', () => {
  let app: ModulesApplication;
  beforeAll(async () => {
    app = await createModulesApplication();
  });
  afterAll(() => app?.close());

  test('makes demo users who can log in, and changes nothing when it is repeated', async () => {
    const bus = app.specimen.get(Bus);
    const everyone = async () => app.call(new ListUsers(), { token: await app.adminToken() });
    const seeded = await seed(bus);
    const users = await everyone();
    expect(users.items.map(({ email }) => email).sort()).toEqual(seeded.map(({ email }) => email).sort());
    expect(await seed(bus)).toEqual(seeded);
    expect(await everyone()).toEqual(users);
    const withPassword = seeded.filter(({ password }) => password !== undefined);
    expect(withPassword.length).toBeGreaterThan(1);
    for (const { email, password = '' } of withPassword)
      expect(await app.call(new Login({ email, password }))).toHaveProperty('token');
  });

  test('prints no password for a user who has chosen one', async () => {
    const other = await createModulesApplication();
    await other.register({ email: 'ada@example.com', password: 'a password of her own' });
    const seeded = await seed(other.specimen.get(Bus));
    expect(seeded).toContainEqual({ email: 'ada@example.com' });
    await other.close();
  });
});
