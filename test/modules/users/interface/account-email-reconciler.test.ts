import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AccountEmails } from '../../../../src/modules/users/application/account-emails.js';
import { EmailAddress } from '../../../../src/modules/users/domain/email-address.js';
import { AccountEmailReconciler } from '../../../../src/modules/users/interface/account-email-reconciler.js';
import { eventually } from '../../../support/eventually.js';
import { leaveReservation } from '../../auth/left-behind.js';
import { createModulesApplication, freshEmail, type ModulesApplication } from '../../modules-application.js';

describe('the reconciler of the addresses of accounts', () => {
  let app: ModulesApplication;
  let accountEmails: AccountEmails;
  let reconciler: AccountEmailReconciler;
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    app = await createModulesApplication();
    accountEmails = app.specimen.get(AccountEmails);
    reconciler = new AccountEmailReconciler(accountEmails);
  });
  afterEach(async () => {
    await reconciler.beforeApplicationShutdown();
    vi.useRealTimers();
    await app.close();
  });

  const leaveBehind = async (email: string) => {
    const { users } = app.adapters;
    const { user } = await app.register();
    const stored = await users.find(user.id);
    if (stored) await users.save(stored.changeEmail(EmailAddress.of(email), new Date()));
    return user.id;
  };
  const addressOf = async (userId: string) => (await app.adapters.accounts.find(userId))?.email.value;

  test('settles at the start what an earlier process left behind', async () => {
    const email = freshEmail();
    const userId = await leaveBehind(email);
    reconciler.onApplicationBootstrap();
    await reconciler.beforeApplicationShutdown();
    expect(await addressOf(userId)).toBe(email);
  });

  test('tries again a minute later what could not be settled', async () => {
    const reserved = await leaveReservation(app);
    const userId = await leaveBehind(reserved.email);
    const settle = vi.spyOn(accountEmails, 'settle');
    reconciler.onApplicationBootstrap();
    await expect(settle.mock.results[0]?.value).rejects.toThrow(AggregateError);
    await app.adapters.accounts.remove(reserved.userId);
    await eventually(async () => {
      vi.advanceTimersByTime(60_000);
      expect(await addressOf(userId)).toBe(reserved.email);
    });
  });
});
