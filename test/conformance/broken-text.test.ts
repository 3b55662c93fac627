import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describe as descriptorOf } from '../../src/contract/module.js';
import { MemoryRateLimiter } from '../../src/platform/cache/memory-rate-limiter.js';
import { CreateSpecimenHandler } from '../fixtures/specimens/specimens.handlers.js';
import { CreateSpecimen, FilterSpecimens } from '../fixtures/specimens/specimens.operations.js';
import { type SpecimenTarget, startSpecimens } from '../support/specimen-target.js';
import { brokenText } from './drivers/broken-text.js';
import type { RawDriver } from './drivers/driver.js';
import { rawDrivers } from './drivers/drivers.js';
import { expectValue } from './outcomes.js';

const anyRate = { quota: 1_000, windowSeconds: 1 };

let target: SpecimenTarget;

beforeAll(async () => {
  target = await startSpecimens({
    rateLimiter: new MemoryRateLimiter(),
    pipeline: { limits: { enabled: true, address: anyRate, caller: anyRate, operations: {} } },
  });
});

afterAll(() => target.stop());

/** Decoded leniently, it would become another text and be stored. */
describe.each(rawDrivers)('a text that is not UTF-8, over $name', ({ connect }) => {
  let driver: RawDriver;

  beforeAll(() => {
    driver = connect(target, target.documents);
  });

  afterAll(() => driver.close());

  test('reaches no command', async () => {
    const handler = target.application.get(CreateSpecimenHandler);
    const before = handler.executions;
    const call = { operation: descriptorOf(CreateSpecimen), token: await target.application.token('USER') };
    await driver.expectBrokenText({ ...call, input: { name: `broken ${brokenText}` } });
    await expectValue(driver, { ...call, input: { name: 'whole' } }, expect.anything());
    expect(handler.executions).toBe(before + 1);
  });

  test('reaches no query', async () => {
    await driver.expectBrokenText({ operation: descriptorOf(FilterSpecimens), input: { q: brokenText } });
  });
});
