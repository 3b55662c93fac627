import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/contract/values.js';
import type { UserQuery, Users } from '../../../src/modules/users/application/users.js';
import { EmailTaken } from '../../../src/modules/users/contract/index.js';
import { EmailAddress } from '../../../src/modules/users/domain/email-address.js';
import { PersonName } from '../../../src/modules/users/domain/person-name.js';
import { User } from '../../../src/modules/users/domain/user.js';
import type { RowFilter } from '../../../src/ports/current-call.js';
import type { Adapters } from '../adapters.js';

const start = Date.parse('2026-01-01T00:00:00.000Z');
const tenantId = newId();
let made = 0;

function aUser({ email = `someone-${++made}@example.com`, name = 'Someone', seconds = 0 } = {}): User {
  return User.create({
    id: newId(),
    tenantId,
    email: EmailAddress.of(email),
    name: name === '' ? undefined : PersonName.of(name),
    now: new Date(start + seconds * 1000),
  });
}

const everyone: UserQuery = { rows: 'all', sort: 'CREATED_AT_ASC', page: 1, limit: 100 };

/** How every adapter of Users behaves. */
export function usersBehaviour(engine: string, open: () => Promise<Adapters>): void {
  let adapters: Adapters;
  let users: Users;
  beforeAll(async () => {
    adapters = await open();
    users = adapters.users;
  });
  afterAll(() => adapters?.close());

  const found = async (query: Partial<UserQuery>) => {
    const { users: page } = await users.search({ ...everyone, ...query });
    return page.map(({ email }) => email.value);
  };

  describe(`users in ${engine}`, () => {
    test('are found by id as they were added, and no others', async () => {
      const [named, nameless] = [aUser(), aUser({ name: '' })];
      expect(await users.add(named)).toBe(true);
      expect(await users.add(nameless)).toBe(true);
      expect(await users.find(named.id)).toEqual(named);
      expect(await users.find(nameless.id)).toEqual(nameless);
      expect(await users.find(newId())).toBeUndefined();
    });

    test('are found together by their ids, each once, unknown ids left out', async () => {
      const [one, other, third] = [aUser(), aUser({ name: '' }), aUser()];
      for (const user of [one, other, third]) await users.add(user);
      const found = await users.findAll([other.id, newId(), one.id, other.id]);
      expect(found.toSorted((a, b) => (a.email.value < b.email.value ? -1 : 1))).toEqual([one, other]);
      expect(await users.findAll([])).toEqual([]);
    });

    test('are not added with an id or an email address that is there', async () => {
      const user = aUser();
      await users.add(user);
      expect(await users.add(aUser({ email: user.email.value.toUpperCase() }))).toBe(false);
      expect(await users.add(new User({ ...aUser(), id: user.id }))).toBe(false);
      expect(await users.find(user.id)).toEqual(user);
    });

    test('that two units of work add at once are added once', async () => {
      const { unitOfWork } = adapters;
      const email = `rivals-${newId()}@example.com`;
      const added = await Promise.all([1, 2, 3].map(() => unitOfWork.run(() => users.add(aUser({ email })))));
      expect(added.filter(Boolean)).toEqual([true]);
    });

    test('are saved with their changes', async () => {
      const user = aUser();
      await users.add(user);
      const later = new Date(start + 60_000);
      const changed = user.changeEmail(EmailAddress.of(`new-${newId()}@example.com`), later).clearName(later);
      await users.save(changed);
      expect(await users.find(user.id)).toEqual(changed);
    });

    test('are not saved with the email address of another, and stay as they were', async () => {
      const [one, other] = [aUser(), aUser()];
      await users.add(one);
      await users.add(other);
      await expect(users.save(one.changeEmail(other.email, new Date(start)))).rejects.toThrow(EmailTaken);
      expect(await users.find(one.id)).toEqual(one);
    });

    test('lose no change when two units of work lock the same one', async () => {
      const { unitOfWork } = adapters;
      const user = aUser({ name: '1' });
      await users.add(user);
      const lengthen = () =>
        unitOfWork.run(async () => {
          const current = await users.lock(user.id);
          if (current?.name) await users.save(current.rename(PersonName.of(`${current.name.value}1`), new Date(start)));
        });
      await Promise.all([lengthen(), lengthen(), lengthen()]);
      expect((await users.find(user.id))?.name?.value).toBe('1111');
    });

    test('are removed once, and their email address is free again', async () => {
      const user = aUser();
      await users.add(user);
      expect(await users.remove(user.id)).toBe(true);
      expect(await users.remove(user.id)).toBe(false);
      expect(await users.find(user.id)).toBeUndefined();
      expect(await users.add(aUser({ email: user.email.value }))).toBe(true);
    });
  });

  describe(`a search for users in ${engine}`, () => {
    beforeAll(async () => {
      for (const { id } of (await users.search(everyone)).users) await users.remove(id);
      await users.add(aUser({ email: 'b.lovelace@example.com', name: 'ada', seconds: 1 }));
      await users.add(aUser({ email: 'a.hopper@example.com', name: 'Grace', seconds: 2 }));
      await users.add(aUser({ email: 'c_percent@example.com', name: 'half % done', seconds: 3 }));
      await users.add(aUser({ email: 'd.nobody@example.com', name: '', seconds: 3 }));
    });

    test('finds parts of an address or a name in any case', async () => {
      expect(await found({ search: 'LOVE' })).toEqual(['b.lovelace@example.com']);
      expect(await found({ search: 'gRACE' })).toEqual(['a.hopper@example.com']);
      expect(await found({ search: 'nothing' })).toEqual([]);
    });

    test('takes wildcards and backslashes for what they are', async () => {
      expect(await found({ search: '%' })).toEqual(['c_percent@example.com']);
      expect(await found({ search: '_' })).toEqual(['c_percent@example.com']);
      expect(await found({ search: '\\' })).toEqual([]);
    });

    test('sorts by time and by address', async () => {
      const byTime = await found({});
      expect(byTime.map((email) => email[0]).slice(0, 2)).toEqual(['b', 'a']);
      expect((await found({ sort: 'CREATED_AT_DESC' })).map((email) => email[0]).slice(2)).toEqual(['a', 'b']);
      const byAddress = await found({ sort: 'EMAIL_ASC' });
      expect(byAddress.map((email) => email[0])).toEqual(['a', 'b', 'c', 'd']);
      expect(await found({ sort: 'EMAIL_DESC' })).toEqual(byAddress.toReversed());
    });

    test('sorts by name with the nameless last in both directions', async () => {
      expect((await found({ sort: 'NAME_ASC' })).map((email) => email[0])).toEqual(['a', 'b', 'c', 'd']);
      expect((await found({ sort: 'NAME_DESC' })).map((email) => email[0])).toEqual(['c', 'b', 'a', 'd']);
    });

    test('breaks ties the same way on every page', async () => {
      const pages = await Promise.all([1, 2, 3, 4].map((page) => found({ page, limit: 1 })));
      expect(pages.flat()).toEqual(await found({}));
    });

    test('gives the total of all pages, and nothing beyond the last', async () => {
      const page = await users.search({ ...everyone, page: 2, limit: 3 });
      expect([page.users.length, page.total]).toEqual([1, 4]);
      expect(await users.search({ ...everyone, page: 9 })).toEqual({ users: [], total: 4 });
    });

    test('reads a page and its total in one snapshot while users are added and removed', async () => {
      let ends = false;
      const comeAndGo = async () => {
        while (!ends) {
          const user = aUser({ email: `passing-${newId()}@example.com` });
          await users.add(user);
          await users.remove(user.id);
        }
      };
      const passing = [comeAndGo(), comeAndGo()];
      for (let times = 0; times < 200; times++) {
        const page = await users.search({ ...everyone, search: 'passing-' });
        expect(page.total).toBe(page.users.length);
      }
      ends = true;
      await Promise.all(passing);
    });

    test('keeps to the rows it may see', async () => {
      const [first, second] = (await users.search(everyone)).users;
      expect(await found({ rows: [{ id: first?.id ?? '' }] })).toEqual([first?.email.value]);
      const either: RowFilter = [{ id: first?.id ?? '' }, { tenantId, email: second?.email.value ?? '' }];
      expect(await found({ rows: either })).toEqual([first?.email.value, second?.email.value]);
      expect(await found({ rows: [{ id: first?.id ?? '', tenantId: newId() }] })).toEqual([]);
      expect(await found({ rows: [] })).toEqual([]);
      expect(await found({ rows: [{ id: first?.id ?? '' }], search: 'hopper' })).toEqual([]);
    });
  });
}
