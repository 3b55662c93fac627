import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { RateLimiter } from '../../../src/ports/rate-limiter.js';

export interface RateLimiterUnderTest {
  readonly limiter: RateLimiter;
  /** Lets a second pass, or asks again until one has. */
  afterASecond(check: () => Promise<void>): Promise<void>;
}

/** How every adapter of RateLimiter behaves. */
export function rateLimiterBehaviour(name: string, open: () => Promise<RateLimiterUnderTest>) {
  /** Of its own for each test, for servers remember. */
  const policy = (quota: number, windowSeconds = 60) => ({ name: `test-${randomUUID()}`, quota, windowSeconds });

  describe(name, () => {
    test('allows the quota, counts it down, and refuses what exceeds it', async () => {
      const { limiter } = await open();
      const three = policy(3);
      const decisions = [];
      for (let call = 0; call < 5; call++) decisions.push(await limiter.consume(three, 'a'));
      expect(decisions.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
        [true, 2],
        [true, 1],
        [true, 0],
        [false, 0],
        [false, 0],
      ]);
    });

    test('says in whole seconds when the window ends', async () => {
      const { limiter } = await open();
      const one = policy(1, 60);
      const first = await limiter.consume(one, 'a');
      const refused = await limiter.consume(one, 'a');
      for (const { resetSeconds } of [first, refused, await limiter.consume(one, 'a'), await limiter.peek(one, 'a')]) {
        expect(resetSeconds).toBeGreaterThan(50);
        expect(resetSeconds).toBeLessThanOrEqual(60);
        expect(Number.isInteger(resetSeconds)).toBe(true);
      }
    });

    test('allows again in the next window', async () => {
      const { limiter, afterASecond } = await open();
      const one = policy(1, 1);
      expect((await limiter.consume(one, 'a')).allowed).toBe(true);
      expect((await limiter.consume(one, 'a')).allowed).toBe(false);
      await afterASecond(async () => expect(await limiter.consume(one, 'a')).toMatchObject({ allowed: true }));
    });

    test('counts keys apart', async () => {
      const { limiter } = await open();
      const one = policy(1);
      await limiter.consume(one, 'a');
      expect((await limiter.consume(one, 'a')).allowed).toBe(false);
      expect((await limiter.consume(one, 'b')).allowed).toBe(true);
    });

    test('counts policies apart, by name and by window', async () => {
      const { limiter } = await open();
      const one = policy(1, 60);
      await limiter.consume(one, 'a');
      await limiter.consume(one, 'a');
      expect((await limiter.consume(policy(1), 'a')).allowed).toBe(true);
      expect((await limiter.consume({ ...one, windowSeconds: 120 }, 'a')).allowed).toBe(true);
      expect((await limiter.consume(one, 'a')).allowed).toBe(false);
    });

    test('peeks without taking anything', async () => {
      const { limiter } = await open();
      const two = policy(2);
      expect(await limiter.peek(two, 'a')).toEqual({ allowed: true, remaining: 1, resetSeconds: 60 });
      expect(await limiter.peek(two, 'a')).toMatchObject({ allowed: true, remaining: 1 });
      await limiter.consume(two, 'a');
      expect(await limiter.peek(two, 'a')).toMatchObject({ allowed: true, remaining: 0 });
      await limiter.consume(two, 'a');
      expect(await limiter.peek(two, 'a')).toMatchObject({ allowed: false, remaining: 0 });
    });

    test('gives the whole quota back on reset, also to those refused', async () => {
      const { limiter } = await open();
      const one = policy(1);
      await limiter.consume(one, 'a');
      await limiter.consume(one, 'a');
      await limiter.reset(one, 'a');
      expect(await limiter.peek(one, 'a')).toMatchObject({ allowed: true });
      expect(await limiter.consume(one, 'a')).toMatchObject({ allowed: true, remaining: 0 });
    });

    test('gives one back at a time, and no more than was taken', async () => {
      const { limiter } = await open();
      const two = policy(2);
      for (const _call of [1, 2]) await limiter.consume(two, 'a');
      await limiter.giveBack(two, 'a');
      expect(await limiter.peek(two, 'a')).toMatchObject({ allowed: true, remaining: 0 });
      for (const _call of [1, 2]) await limiter.giveBack(two, 'a');
      await limiter.giveBack(two, 'b');
      for (const key of ['a', 'b']) expect(await limiter.consume(two, key)).toMatchObject({ remaining: 1 });
    });

    test('resets what was never counted', async () => {
      const { limiter } = await open();
      const one = policy(1);
      await limiter.reset(one, 'a');
      expect((await limiter.consume(one, 'a')).allowed).toBe(true);
    });

    test('allows no more than the quota to calls that come at once', async () => {
      const { limiter } = await open();
      const ten = policy(10);
      const decisions = await Promise.all(Array.from({ length: 50 }, () => limiter.consume(ten, 'a')));
      expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(10);
    });

    test('takes any text for a key', async () => {
      const { limiter } = await open();
      const one = policy(1);
      for (const key of ['::1', 'user:0195 ü', '__proto__', 'x'.repeat(300)]) {
        expect((await limiter.consume(one, key)).allowed).toBe(true);
        expect((await limiter.consume(one, key)).allowed).toBe(false);
      }
    });
  });
}
