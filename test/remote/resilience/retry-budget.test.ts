import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RetryBudget } from '../../../src/remote/resilience/retry-budget.js';

const settings = { ratio: 0.2, perSecond: 10 };
const window = 10_000;

/** A budget and its clock. */
function budgetAt(start = 0, changes = {}) {
  let time = start;
  const budget = new RetryBudget({ ...settings, ...changes }, () => time);
  return {
    budget,
    pass: (ms: number) => {
      time += ms;
    },
    now: () => time,
  };
}

function claimUpTo(budget: RetryBudget, most: number): number {
  let claimed = 0;
  while (claimed < most && budget.claim()) claimed++;
  return claimed;
}

const claimAll = (budget: RetryBudget) => claimUpTo(budget, Number.POSITIVE_INFINITY);

describe('a retry budget', () => {
  test('counts how many retries it allows now', () => {
    const { budget, pass } = budgetAt();
    expect(budget.left).toBe(100);
    for (let call = 0; call < 12; call++) budget.countCall();
    expect(budget.left).toBe(102);
    claimAll(budget);
    expect(budget.left).toBe(0);
    pass(2 * window);
    expect(budget.left).toBe(100);
  });

  test('allows 10 s of its rate without a call', () => {
    expect(claimAll(budgetAt().budget)).toBe(100);
  });

  test('allows a fifth of the calls more', () => {
    const { budget } = budgetAt();
    for (let call = 0; call < 1_000; call++) budget.countCall();
    expect(claimAll(budget)).toBe(300);
  });

  test('allows nothing where retries are off', () => {
    const { budget } = budgetAt(0, { ratio: 0, perSecond: 0 });
    budget.countCall();
    expect(budget.claim()).toBe(false);
  });

  test('drops old calls and retries', () => {
    const { budget, pass } = budgetAt();
    for (let call = 0; call < 1_000; call++) budget.countCall();
    claimAll(budget);
    pass(9_999);
    expect(budget.claim()).toBe(false);
    pass(1_001);
    expect(claimAll(budget)).toBe(100);
  });

  test('takes a new setting at once', () => {
    const { budget } = budgetAt();
    claimAll(budget);
    budget.settings = { ratio: 0, perSecond: 11 };
    expect(claimAll(budget)).toBe(10);
  });

  const step = fc.record({
    pass: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 30_000 })),
    calls: fc.integer({ min: 0, max: 200 }),
    claims: fc.integer({ min: 0, max: 200 }),
  });

  /** Numbers, and when they were counted. */
  class Tally {
    readonly #entries: [at: number, count: number][] = [];

    add(at: number, count: number): void {
      this.#entries.push([at, count]);
    }

    after(time: number): number {
      return this.#entries.filter(([at]) => at > time).reduce((sum, [, count]) => sum + count, 0);
    }
  }

  test('never allows more in any 10 s than a fifth of their calls and 10/s', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000 }), fc.array(step, { maxLength: 60 }), (start, steps) => {
        const { budget, pass, now } = budgetAt(start);
        const calls = new Tally();
        const retries = new Tally();
        for (const each of steps) {
          pass(each.pass);
          for (let call = 0; call < each.calls; call++) budget.countCall();
          calls.add(now(), each.calls);
          const claimed = claimUpTo(budget, each.claims);
          retries.add(now(), claimed);
          const begun = now() - window;
          if (claimed > 0) expect(retries.after(begun)).toBeLessThanOrEqual(0.2 * calls.after(begun) + 100);
        }
      }),
    );
  });

  test('never refuses the first 100 of 11 s', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 110 }), { maxLength: 100 }), (pauses) => {
        const { budget, pass } = budgetAt();
        for (const ms of pauses) {
          pass(ms);
          expect(budget.claim()).toBe(true);
        }
      }),
    );
  });
});
