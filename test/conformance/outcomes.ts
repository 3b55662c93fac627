import { expect } from 'vitest';
import type { FailureClass, Issue } from '../../src/contract/failure.js';
import type { Answer, Call, Driver, Outcome } from './drivers/driver.js';

export function valueIn({ outcome }: Answer): unknown {
  if ('failure' in outcome) expect.fail(`failed with ${JSON.stringify(outcome.failure)}`);
  return outcome.value;
}

export async function expectValue(driver: Driver, call: Call, value: unknown): Promise<unknown> {
  const answer = await driver.call(call);
  const given = valueIn(answer);
  expect(given).toEqual(value);
  expect(answer.facts).toMatchObject(driver.success(call));
  return given;
}

const byPath = (a: Issue, b: Issue): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

export async function expectFailure(driver: Driver, call: Call, declared: FailureClass): Promise<Outcome> {
  const { outcome, facts } = await driver.call(call);
  expect(outcome).toMatchObject({ failure: { code: declared.code } });
  expect(facts).toMatchObject(driver.failure(declared, call));
  return outcome;
}

export function expectIssues(outcome: Outcome, issues: readonly Issue[]): void {
  const received = 'failure' in outcome ? (outcome.failure.issues ?? []) : [];
  expect(received.toSorted(byPath)).toEqual(issues.toSorted(byPath));
}

/** Outcomes that must be the same whatever wire they come by. */
export class SameEverywhere {
  readonly #first = new Map<string, unknown>();

  /** `name`: what was called, in any protocol. */
  expect(name: string, outcome: Outcome): void {
    if (!('failure' in outcome)) expect.fail('succeeded');
    const { code, detail, issues = [] } = outcome.failure;
    const received = { code, detail, issues: issues.toSorted(byPath) };
    const first = this.#first.get(name) ?? received;
    this.#first.set(name, first);
    expect(received).toEqual(first);
  }
}
