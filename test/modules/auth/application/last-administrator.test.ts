import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Registration } from '../../../../src/modules/auth/application/registration.js';
import {
  ChangeAccountRole,
  DisableAccount,
  EnableAccount,
  LastAdministrator,
  Login,
} from '../../../../src/modules/auth/contract/index.js';
import { GetMe, ListUsers } from '../../../../src/modules/users/contract/index.js';
import { eventually } from '../../../support/eventually.js';
import { engines, prismaAdapters } from '../../adapters.js';
import { createModulesApplication, freshEmail, type ModulesApplication, password } from '../../modules-application.js';

interface Administrator {
  readonly userId: string;
  readonly email: string;
  readonly token: string;
}

async function newAdministrator(app: ModulesApplication): Promise<Administrator> {
  const email = freshEmail();
  const { account } = await app.specimen.get(Registration).register({ email, password, role: 'ADMIN' });
  const { token } = await app.call(new Login({ email, password }));
  return { userId: account.userId, email, token };
}

const demote = ({ userId }: Administrator) => new ChangeAccountRole({ userId, role: 'USER' });
const disable = ({ userId }: Administrator) => new DisableAccount({ userId });
const dismissals = [
  ['demoted', demote],
  ['disabled', disable],
] as const;

describe.each(engines)('over %s, the last administrator', (_, open) => {
  let app: ModulesApplication;
  beforeEach(async () => {
    app = await createModulesApplication({ adapters: await open() });
  });
  afterEach(() => app?.close());

  test.each(dismissals)('cannot be %s, and keeps sign-in and tokens', async (_, dismiss) => {
    const last = await newAdministrator(app);
    await expect(app.call(dismiss(last), last)).rejects.toThrow(LastAdministrator);
    expect(await app.call(new GetMe(), last)).toMatchObject({ email: last.email });
    const { token } = await app.call(new Login({ email: last.email, password }));
    expect(await app.call(new ListUsers(), { token })).toHaveProperty('items');
  });

  test.each(dismissals)('is the one who remains when the others are %s', async (_, dismiss) => {
    const [one, other] = [await newAdministrator(app), await newAdministrator(app)];
    await app.call(dismiss(one), one);
    for (const [, dismissOther] of dismissals)
      await expect(app.call(dismissOther(other), other)).rejects.toThrow(LastAdministrator);
    await app.call(new EnableAccount({ userId: one.userId }), other);
    await app.call(new ChangeAccountRole({ userId: one.userId, role: 'ADMIN' }), other);
    await expect(app.call(dismiss(other), other)).resolves.toMatchObject({ userId: other.userId });
  });

  test('may be disabled no more than demoted while the others are disabled', async () => {
    const [last, disabled] = [await newAdministrator(app), await newAdministrator(app)];
    await app.call(disable(disabled), last);
    await expect(app.call(demote(last), last)).rejects.toThrow(LastAdministrator);
    // who is disabled is no longer counted, and may be demoted
    await expect(app.call(demote(disabled), last)).resolves.toMatchObject({ role: 'USER', disabled: true });
  });

  test('remains when any number are dismissed at the same time', async () => {
    const all = [await newAdministrator(app), await newAdministrator(app), await newAdministrator(app)];
    // not by their own tokens, some of which end on the way
    const admin = { token: await app.adminToken() };
    const calls = all.map((each, index) => app.call(index % 2 === 0 ? demote(each) : disable(each), admin));
    const outcomes = await Promise.allSettled(calls);
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(failures).toEqual([expect.any(LastAdministrator)]);
    const { accounts } = await app.adapters.accounts.list({ page: 1, limit: 10 });
    expect(accounts.filter(({ isAdministrator }) => isAdministrator)).toHaveLength(1);
  });
});

describe('two administrators who wait for the same lock of PostgreSQL', () => {
  test.each([
    ['demote each other', demote, demote],
    ['disable each other', disable, disable],
    ['demote and disable each other', demote, disable],
  ])('and %s leave one of them', async (_, dismissOne, dismissOther) => {
    const adapters = await prismaAdapters();
    const app = await createModulesApplication({ adapters });
    const [one, other] = [await newAdministrator(app), await newAdministrator(app)];
    const [locked, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holder = adapters.unitOfWork.run(async () => {
      await adapters.accounts.lockAdministrators();
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    const both = Promise.allSettled([app.call(dismissOther(other), one), app.call(dismissOne(one), other)]);
    const waiting = `select count(*)::int as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    await eventually(async () => expect(await adapters.database.query(waiting)).toEqual([{ count: 2 }]));
    release.resolve();
    await holder;
    const outcomes = await both;
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(refused?.reason).toBeInstanceOf(LastAdministrator);
    const { accounts } = await adapters.accounts.list({ page: 1, limit: 10 });
    expect(accounts.filter(({ isAdministrator }) => isAdministrator)).toHaveLength(1);
    await app.close();
  });
});
