import { expect, test } from 'vitest';
import { mergeSettings } from '../../../src/platform/dynamic/resilience-settings.js';

test('without a change the settings are the defaults', () => {
  expect(mergeSettings()).toEqual({
    timeoutMs: 10_000,
    concurrency: 1_000,
    retry: { attempts: 3, baseMs: 25, maxMs: 1_000, attemptTimeoutMs: 1_000 },
    budget: { ratio: 0.2, perSecond: 10 },
    breaker: { failurePercent: 50, windowMs: 2_000, volume: 5, resetMs: 1_000 },
    ejection: { failures: 5, baseMs: 30_000, maxMs: 300_000 },
    fairMs: 500,
  });
});

test('a later change wins over an earlier one, each part for itself', () => {
  const settings = mergeSettings(
    { timeoutMs: 5_000, retry: { attempts: 2, baseMs: 10 } },
    { concurrency: 5, retry: { attempts: 1 } },
  );
  expect(settings).toMatchObject({ timeoutMs: 5_000, concurrency: 5, retry: { attempts: 1, baseMs: 10 } });
});

test.each([
  [{ retry: { attempts: 4 } }, 'retry'],
  [{ budget: { ratio: -1 } }, 'budget'],
  [{ breaker: { resetMs: 0 } }, 'breaker'],
  [{ ejection: { failures: 1.5 } }, 'ejection'],
  [{ timeoutMs: 0 }, 'timeoutMs'],
  [{ timeout: 1 } as object, 'timeout'],
])('%j is refused', (change, name) => {
  expect(() => mergeSettings(change)).toThrow(name);
});
