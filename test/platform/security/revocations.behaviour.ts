import { describe, expect, test } from 'vitest';
import type { Revocations } from '../../../src/ports/revocations.js';

/** How every adapter of Revocations behaves; `open` gives a fresh one, with the clock `now` (epoch milliseconds). */
export function revocationsBehaviour(name: string, open: (now: () => number) => Promise<Revocations>) {
  const start = Date.parse('2030-01-01T00:00:00Z');
  const inAnHour = start / 1000 + 3600;
  let now = start;

  async function fresh() {
    now = start;
    return open(() => now);
  }

  const token = (sub: string, sid: string, issuedMs = start) => ({ sub, sid, iat: issuedMs / 1000 });

  describe(name, () => {
    test('nothing is revoked at first', async () => {
      const revocations = await fresh();
      expect(revocations.isRevoked(token('u1', 's1'))).toBe(false);
    });

    test('a revoked session takes its tokens with it, of whatever time, and no other session', async () => {
      const revocations = await fresh();
      await revocations.revoke('session:s1', inAnHour);
      expect(revocations.isRevoked(token('u1', 's1'))).toBe(true);
      expect(revocations.isRevoked(token('u1', 's1', start + 60_000))).toBe(true);
      expect(revocations.isRevoked(token('u1', 's2'))).toBe(false);
    });

    test('a revoked user loses the tokens issued up to now, in every session, and no other user does', async () => {
      const revocations = await fresh();
      await revocations.revoke('user:u1', inAnHour);
      expect(revocations.isRevoked(token('u1', 's1'))).toBe(true);
      expect(revocations.isRevoked(token('u1', 's2', start - 60_000))).toBe(true);
      expect(revocations.isRevoked({ sub: 'u1', iat: start / 1000 })).toBe(true);
      expect(revocations.isRevoked(token('u2', 's3'))).toBe(false);
    });

    test('a user who signs in again a millisecond later is accepted', async () => {
      const revocations = await fresh();
      await revocations.revoke('user:u1', inAnHour);
      expect(revocations.isRevoked(token('u1', 's2', start + 1))).toBe(false);
    });

    test('a second revocation takes what was issued since the first', async () => {
      const revocations = await fresh();
      await revocations.revoke('user:u1', inAnHour);
      now += 1000;
      await revocations.revoke('user:u1', inAnHour);
      expect(revocations.isRevoked(token('u1', 's2', start + 500))).toBe(true);
    });

    test('users and sessions of the same id are not confused', async () => {
      const revocations = await fresh();
      await revocations.revoke('session:same', inAnHour);
      expect(revocations.isRevoked(token('same', 'other'))).toBe(false);
    });
  });
}
