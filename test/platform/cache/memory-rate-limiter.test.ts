import { expect, test } from 'vitest';
import { MemoryRateLimiter } from '../../../src/platform/cache/memory-rate-limiter.js';
import { rateLimiterBehaviour } from './rate-limiter.behaviour.js';

rateLimiterBehaviour('the rate limiter in memory', async () => {
  let now = 1_800_000_000_000;
  return {
    limiter: new MemoryRateLimiter(() => now),
    afterASecond: async (check) => {
      now += 1000;
      await check();
    },
  };
});

const minute = { name: 'minute', quota: 1, windowSeconds: 60 };

test('a window in memory lasts its whole length from its first call, whenever the generations change', () => {
  for (const start of [0, 1, 30_000, 59_999]) {
    let now = 0;
    const limiter = new MemoryRateLimiter(() => now);
    limiter.consume(minute, 'first');
    now = start;
    limiter.consume(minute, 'a');
    for (now = start; now < start + 60_000; now += 500) expect(limiter.peek(minute, 'a').allowed).toBe(false);
    now = start + 60_000;
    expect(limiter.peek(minute, 'a').allowed).toBe(true);
  }
});

test('a limiter in memory that was idle for long starts afresh', () => {
  let now = 0;
  const limiter = new MemoryRateLimiter(() => now);
  limiter.consume(minute, 'a');
  now = 3_600_000;
  expect(limiter.consume(minute, 'a')).toEqual({ allowed: true, remaining: 0, resetSeconds: 60 });
});

test('memory counts a bounded number of keys over all policies, the oldest being forgotten', () => {
  const limiter = new MemoryRateLimiter(() => 0, 100);
  const policies = ['one', 'two', 'three'].map((name) => ({ ...minute, name }));
  for (let key = 0; key < 10_000; key++) {
    for (const policy of policies) limiter.consume(policy, `key-${key}`);
  }
  const counted = policies.flatMap((policy) =>
    Array.from({ length: 10_000 }, (_, key) => limiter.peek(policy, `key-${key}`)).filter(({ allowed }) => !allowed),
  );
  expect(counted.length).toBeLessThanOrEqual(100);
  expect(counted.length).toBeGreaterThanOrEqual(50);
  expect(limiter.peek(minute, 'key-0').allowed).toBe(true);
});

test('ended windows make room before running ones are forgotten, whether their policy is used or not', () => {
  let now = 0;
  const limiter = new MemoryRateLimiter(() => now, 100);
  const hour = { name: 'hour', quota: 1, windowSeconds: 3600 };
  const second = { name: 'second', quota: 1, windowSeconds: 1 };
  limiter.consume(hour, 'first');
  now = 3_599_000;
  limiter.consume(hour, 'a');
  now = 3_600_000;
  limiter.consume(hour, 'next generation');
  for (let key = 0; key < 48; key++) limiter.consume(minute, `key-${key}`);
  for (let key = 0; key < 200; key++) {
    now += 4000;
    limiter.consume(second, `key-${key}`);
  }
  expect(limiter.peek(hour, 'a').allowed).toBe(false);
});
