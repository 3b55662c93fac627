import { expect, test } from 'vitest';
import { MemoryRateLimiter } from '../../../src/platform/cache/memory-rate-limiter.js';
import { SwitchedRateLimiter } from '../../../src/platform/cache/switched-rate-limiter.js';

const once = { name: 'once', quota: 1, windowSeconds: 60 };

test('a limiter that is off allows everything, and counts as soon as it is on', () => {
  const rates = { value: { enabled: false } };
  const limiter = new SwitchedRateLimiter(new MemoryRateLimiter(), rates);
  const decisions = [limiter.consume(once, 'a'), limiter.consume(once, 'a'), limiter.peek(once, 'a')];
  for (const decision of decisions) expect(decision).toEqual({ allowed: true, remaining: 1, resetSeconds: 60 });
  rates.value = { enabled: true };
  expect(limiter.consume(once, 'a')).toMatchObject({ allowed: true });
  expect([limiter.peek(once, 'a'), limiter.consume(once, 'a')]).toMatchObject([{ allowed: false }, { allowed: false }]);
  void limiter.reset(once, 'a');
  expect(limiter.consume(once, 'a')).toMatchObject({ allowed: true });
});
