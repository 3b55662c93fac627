import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/contract/values.js';
import type { Sessions } from '../../../src/modules/auth/application/sessions.js';
import { Session } from '../../../src/modules/auth/domain/session.js';
import { CryptoRefreshTokens } from '../../../src/modules/auth/infrastructure/crypto-refresh-tokens.js';

export interface SessionsUnderTest {
  readonly sessions: Sessions;
  close(): Promise<void>;
}

const tokenHash = () => new CryptoRefreshTokens().make().hash;

function aSession({ userId = newId(), lifetimeSeconds = 3600 } = {}): Session {
  return Session.open({
    id: newId(),
    tenantId: newId(),
    userId,
    tokenHash: tokenHash(),
    now: new Date(),
    lifetimeSeconds,
  });
}

/** How every adapter of Sessions behaves. */
export function sessionsBehaviour(engine: string, open: () => Promise<SessionsUnderTest>): void {
  let adapter: SessionsUnderTest;
  let sessions: Sessions;
  beforeAll(async () => {
    adapter = await open();
    sessions = adapter.sessions;
  });
  afterAll(() => adapter?.close());

  describe(`sessions in ${engine}`, () => {
    test('are found as they were added', async () => {
      const session = aSession();
      await sessions.add(session);
      expect(await sessions.find(session.id)).toEqual(session);
      expect(await sessions.find(newId())).toBeUndefined();
    });

    test('are replaced as long as their token is the expected one', async () => {
      const session = aSession();
      await sessions.add(session);
      const renewed = session.rotate(tokenHash(), new Date());
      expect(await sessions.replace(renewed, tokenHash())).toBe(false);
      expect(await sessions.find(session.id)).toEqual(session);
      expect(await sessions.replace(renewed, session.tokenHash)).toBe(true);
      expect(await sessions.find(session.id)).toEqual(renewed);
      expect(await sessions.replace(session.rotate(tokenHash(), new Date()), session.tokenHash)).toBe(false);
    });

    test('are replaced by one of many parallel attempts', async () => {
      const session = aSession();
      await sessions.add(session);
      const attempts = Array.from({ length: 20 }, () => session.rotate(tokenHash(), new Date()));
      const replaced = await Promise.all(attempts.map((attempt) => sessions.replace(attempt, session.tokenHash)));
      expect(replaced.filter(Boolean)).toHaveLength(1);
      expect(await sessions.find(session.id)).toEqual(attempts[replaced.indexOf(true)]);
    });

    test('do not come back by being replaced', async () => {
      const session = aSession();
      await sessions.add(session);
      await sessions.remove(session.id);
      expect(await sessions.replace(session.rotate(tokenHash(), new Date()), session.tokenHash)).toBe(false);
      expect(await sessions.find(session.id)).toBeUndefined();
      await expect(sessions.remove(session.id)).resolves.toBeUndefined();
    });

    test('of one user are removed together, and their ids returned', async () => {
      const userId = newId();
      const [one, other, removed, foreign] = [
        aSession({ userId }),
        aSession({ userId }),
        aSession({ userId }),
        aSession(),
      ];
      for (const session of [one, other, removed, foreign]) await sessions.add(session);
      await sessions.remove(removed.id);
      expect([...(await sessions.removeAllOf(userId))].sort()).toEqual([one.id, other.id].sort());
      expect(await sessions.find(one.id)).toBeUndefined();
      expect(await sessions.find(foreign.id)).toEqual(foreign);
      expect(await sessions.removeAllOf(userId)).toEqual([]);
    });

    test('of one user are known by their ids', async () => {
      const userId = newId();
      const [one, other, removed] = [aSession({ userId }), aSession({ userId }), aSession({ userId })];
      for (const session of [one, other, removed, aSession()]) await sessions.add(session);
      await sessions.remove(removed.id);
      expect([...(await sessions.idsOf(userId))].sort()).toEqual([one.id, other.id].sort());
      expect(await sessions.idsOf(newId())).toEqual([]);
      expect(await sessions.find(one.id)).toEqual(one);
    });

    test('that are expired are gone after the others were looked through', async () => {
      const userId = newId();
      const [expired, alive] = [aSession({ userId, lifetimeSeconds: -1 }), aSession({ userId })];
      await sessions.add(expired);
      await sessions.add(alive);
      await sessions.removeExpired(new Date());
      expect(await sessions.find(expired.id)).toBeUndefined();
      expect(await sessions.find(alive.id)).toEqual(alive);
      expect(await sessions.removeAllOf(userId)).toEqual([alive.id]);
    });
  });
}
