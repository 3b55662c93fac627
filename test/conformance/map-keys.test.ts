import { afterAll, beforeAll, describe, test } from 'vitest';
import { InvalidArgument } from '../../src/contract/built-in-failures.js';
import { describe as descriptorOf } from '../../src/contract/module.js';
import { aSpecimen } from '../fixtures/specimens/a-specimen.js';
import { EchoSpecimen } from '../fixtures/specimens/specimens.operations.js';
import { type SpecimenTarget, startSpecimens } from '../support/specimen-target.js';
import type { Driver } from './drivers/driver.js';
import { drivers } from './drivers/drivers.js';
import { expectFailure, expectIssues, SameEverywhere } from './outcomes.js';

const operation = descriptorOf(EchoSpecimen);
const issue = { path: '/counts/__proto__', code: 'invalid_key', message: 'Invalid key: "__proto__"' };
/** In source text it would be a prototype. */
const counts = JSON.parse('{ "a": 1, "__proto__": 2 }') as object;
const entries = Object.entries(counts).map(([key, value]) => ({ key, value }));

let target: SpecimenTarget;
const same = new SameEverywhere();

beforeAll(async () => {
  target = await startSpecimens();
});

afterAll(() => target.stop());

describe.each(drivers)('$name', ({ connect, name }) => {
  let driver: Driver;

  beforeAll(() => {
    driver = connect(target, target.documents);
  });

  afterAll(() => driver.close());

  test('refuses a map key __proto__, which JavaScript would lose', async () => {
    const maps = name.startsWith('GraphQL') ? { places: [], counts: entries } : { places: {}, counts };
    const input = { ...aSpecimen, ...maps };
    const outcome = await expectFailure(driver, { operation, input }, InvalidArgument);
    expectIssues(outcome, [issue]);
    same.expect('a key __proto__', outcome);
  });
});
