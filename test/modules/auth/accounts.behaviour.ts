import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/contract/values.js';
import type { Accounts } from '../../../src/modules/auth/application/accounts.js';
import { EmailTaken } from '../../../src/modules/auth/contract/index.js';
import { Account } from '../../../src/modules/auth/domain/account.js';
import { EmailAddress } from '../../../src/modules/auth/domain/email-address.js';
import type { Adapters } from '../adapters.js';

const now = new Date('2026-01-01T00:00:00.000Z');
const secondsLater = (seconds: number) => new Date(now.getTime() + seconds * 1000);

const aReservation = (email = `${newId()}@example.com`): Account =>
  Account.reserve({
    userId: newId(),
    tenantId: newId(),
    email: EmailAddress.of(email),
    passwordHash: '$argon2id$…',
    role: 'USER',
    attemptId: newId(),
    now,
  });

/** How every adapter of Accounts behaves. */
export function accountsBehaviour(engine: string, open: () => Promise<Adapters>): void {
  let adapters: Adapters;
  let accounts: Accounts;
  beforeAll(async () => {
    adapters = await open();
    accounts = adapters.accounts;
  });
  afterAll(() => adapters?.close());

  describe(`accounts in ${engine}`, () => {
    test('are found by user and by address as they were added', async () => {
      const account = aReservation();
      expect(await accounts.add(account)).toBe(true);
      expect(await accounts.find(account.userId)).toEqual(account);
      expect(await accounts.findByEmail(account.email)).toEqual(account);
      expect(await accounts.find(newId())).toBeUndefined();
      expect(await accounts.findByEmail(EmailAddress.of('nobody@example.com'))).toBeUndefined();
    });

    test('are not added for a user or an address that has one', async () => {
      const account = aReservation();
      await accounts.add(account);
      expect(await accounts.add(aReservation(account.email.value))).toBe(false);
      expect(await accounts.add(new Account({ ...aReservation(), userId: account.userId }))).toBe(false);
      expect(await accounts.find(account.userId)).toEqual(account);
    });

    test('that two units of work add for one address at once are added once', async () => {
      const email = `${newId()}@example.com`;
      const add = () => adapters.unitOfWork.run(() => accounts.add(aReservation(email)));
      expect((await Promise.all([add(), add(), add()])).filter(Boolean)).toEqual([true]);
    });

    test('are saved with their changes', async () => {
      const account = aReservation();
      await accounts.add(account);
      const active = account
        .activate(secondsLater(1))
        .changeEmail(EmailAddress.of(`${newId()}@example.com`), 2, secondsLater(1))
        .changePasswordHash('$argon2id$other', secondsLater(2));
      await accounts.save(active);
      expect(await accounts.find(account.userId)).toEqual(active);
    });

    test('are not saved with the address of another', async () => {
      const [one, other] = [aReservation(), aReservation()];
      await accounts.add(one);
      await accounts.add(other);
      await expect(accounts.save(one.changeEmail(other.email, 1, now))).rejects.toThrow(EmailTaken);
      expect(await accounts.find(one.userId)).toEqual(one);
    });

    test('are changed by one unit of work at a time that locks them', async () => {
      const account = aReservation();
      await accounts.add(account);
      const takeOver = (find: () => Promise<Account | undefined>) =>
        adapters.unitOfWork.run(async () => {
          const current = await find();
          if (!current?.isReservedBy(account.attemptId)) return false;
          await accounts.save(current.takeOver({ attemptId: newId(), passwordHash: 'other', role: 'USER' }, now));
          return true;
        });
      const [byUser, byEmail] = [() => accounts.lock(account.userId), () => accounts.lockByEmail(account.email)];
      const taken = await Promise.all([takeOver(byUser), takeOver(byEmail), takeOver(byUser), takeOver(byEmail)]);
      expect(taken.filter(Boolean)).toEqual([true]);
    });

    test('leave their address to another when they are closed or removed', async () => {
      const [closed, removed] = [aReservation(), aReservation()];
      for (const account of [closed, removed]) await accounts.add(account);
      await accounts.save(closed.close(now));
      await accounts.remove(removed.userId);
      expect(await accounts.find(removed.userId)).toBeUndefined();
      for (const { email } of [closed, removed]) expect(await accounts.add(aReservation(email.value))).toBe(true);
    });

    test('are listed when they are active, the latest first, page by page', async () => {
      for (const { userId } of (await accounts.list({ page: 1, limit: 1_000 })).accounts) await accounts.remove(userId);
      const active: Account[] = [];
      for (const seconds of [0, 2, 1, 1]) {
        const account = new Account({ ...aReservation(), createdAt: secondsLater(seconds) }).activate(secondsLater(9));
        await accounts.add(account);
        active.push(account);
      }
      const [pending, closed] = [aReservation(), aReservation()];
      for (const account of [pending, closed]) await accounts.add(account);
      await accounts.save(closed.activate(now).close(now));
      const [first, latest, ...same] = active;
      const ordered = [latest, ...same.sort((one, other) => (one.userId < other.userId ? 1 : -1)), first];
      expect(await accounts.list({ page: 1, limit: 10 })).toEqual({ accounts: ordered, total: 4 });
      expect(await accounts.list({ page: 2, limit: 3 })).toEqual({ accounts: [first], total: 4 });
      expect(await accounts.list({ page: 3, limit: 3 })).toEqual({ accounts: [], total: 4 });
    });

    test('give a former address away, and no other', async () => {
      const [behind, current] = [aReservation(), aReservation()].map((account) => account.activate(now));
      if (!behind || !current) throw new Error('two accounts');
      await accounts.add(behind);
      await accounts.add(current.changeEmail(current.email, 1, now));
      for (const { userId } of [behind, current]) await accounts.releaseFormerEmail(userId, 1);
      expect(await accounts.findByEmail(behind.email)).toBeUndefined();
      expect(await accounts.findByEmail(current.email)).toMatchObject({ userId: current.userId });
    });

    test('have an administrator while one of them is active, disabled or not', async () => {
      for (const { userId } of (await accounts.list({ page: 1, limit: 1_000 })).accounts) await accounts.remove(userId);
      const pending = new Account({ ...aReservation(), role: 'ADMIN' });
      await accounts.add(aReservation().activate(now));
      await accounts.add(pending);
      expect(await accounts.hasAdministrator()).toBe(false);
      await accounts.save(new Account({ ...pending.activate(now), disabled: true }));
      expect(await accounts.hasAdministrator()).toBe(true);
      await accounts.save(pending.activate(now).close(now));
      expect(await accounts.hasAdministrator()).toBe(false);
    });

    test('of administrators are locked together, of those who can act', async () => {
      for (const { userId } of (await accounts.list({ page: 1, limit: 1_000 })).accounts) await accounts.remove(userId);
      const administrator = () => new Account({ ...aReservation(), role: 'ADMIN' });
      const [one, other] = [administrator().activate(now), administrator().activate(now)];
      const others = [aReservation().activate(now), administrator(), administrator().activate(now).disable(now)];
      for (const account of [one, other, ...others]) await accounts.add(account);
      const locked = await adapters.unitOfWork.run(() => accounts.lockAdministrators());
      const byUser = (a: Account, b: Account) => (a.userId < b.userId ? -1 : 1);
      expect([...locked].sort(byUser)).toEqual([one, other].sort(byUser));
    });

    test('of administrators are counted by one unit of work at a time', async () => {
      for (const { userId } of (await accounts.list({ page: 1, limit: 1_000 })).accounts) await accounts.remove(userId);
      const all = [1, 2, 3].map(() => new Account({ ...aReservation(), role: 'ADMIN' }).activate(now));
      for (const account of all) await accounts.add(account);
      const dismiss = (account: Account) =>
        adapters.unitOfWork.run(async () => {
          const isLast = (await accounts.lockAdministrators()).length === 1;
          if (!isLast) await accounts.save(account.changeRole('USER', now));
          return !isLast;
        });
      expect((await Promise.all(all.map(dismiss))).filter(Boolean)).toHaveLength(2);
    });

    test('are unsettled while pending or closed, the oldest first', async () => {
      for (const { userId } of await accounts.findUnsettled(secondsLater(3600), 100)) await accounts.remove(userId);
      const [pending, closed, active, recent] = [aReservation(), aReservation(), aReservation(), aReservation()];
      for (const account of [pending, closed, active, recent]) await accounts.add(account);
      await accounts.save(closed.close(secondsLater(-5)));
      await accounts.save(active.activate(now));
      await accounts.save(recent.takeOver({ attemptId: newId(), passwordHash: 'x', role: 'USER' }, secondsLater(10)));
      const ids = async (limit: number) =>
        (await accounts.findUnsettled(secondsLater(5), limit)).map(({ userId }) => userId);
      expect(await ids(10)).toEqual([closed.userId, pending.userId]);
      expect(await ids(1)).toEqual([closed.userId]);
    });
  });
}
