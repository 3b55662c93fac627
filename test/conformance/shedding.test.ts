import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ServiceUnavailable } from '../../src/contract/built-in-failures.js';
import { describe as descriptorOf } from '../../src/contract/module.js';
import { OperationMetrics } from '../../src/pipeline/operation-metrics.js';
import { MemoryRateLimiter } from '../../src/platform/cache/memory-rate-limiter.js';
import { MeasuredPressure } from '../../src/platform/pressure/measured-pressure.js';
import { CreateSpecimenHandler, WaitForSpecimenHandler } from '../fixtures/specimens/specimens.handlers.js';
import { CreateSpecimen, FilterSpecimens, WaitForSpecimen } from '../fixtures/specimens/specimens.operations.js';
import { MemoryPressure } from '../memory/memory-pressure.js';
import { busy } from '../platform/pressure/busy.js';
import { type SpecimenTarget, startSpecimens } from '../support/specimen-target.js';
import type { Call, Driver } from './drivers/driver.js';
import { type Connectable, drivers } from './drivers/drivers.js';
import { expectFailure, expectValue, valueIn } from './outcomes.js';

const filter: Call = { operation: descriptorOf(FilterSpecimens), input: { page: 1 } };
const filtered = { page: 1, colours: [] };
const refusal = { failure: { detail: 'This process has too much to do' } };

const connected = ({ connect }: Connectable, target: SpecimenTarget): Driver => connect(target, target.documents);

describe.each(drivers)('a process under pressure, over $name', (connectable) => {
  const pressure = new MemoryPressure();
  let target: SpecimenTarget;
  let driver: Driver;

  beforeAll(async () => {
    target = await startSpecimens({ pressure, rateLimiter: new MemoryRateLimiter() });
    driver = connected(connectable, target);
  });

  afterAll(async () => {
    await driver.close();
    await target.stop();
  });

  beforeEach(() => expectValue(driver, filter, filtered));

  afterEach(() => {
    pressure.set(undefined);
    pressure.limitCalls(Number.POSITIVE_INFINITY);
  });

  test('refuses every call at once, says when to come again, and takes them all again after', async () => {
    pressure.set('event_loop_delay');
    const before = pressure.refused.event_loop_delay;
    const outcome = await expectFailure(driver, filter, ServiceUnavailable);
    // GraphQL sends the time to wait in a header
    const isSilent = connectable.name === 'GraphQL over WebSocket';
    expect(outcome).toMatchObject(isSilent ? refusal : { failure: { ...refusal.failure, retryAfterSeconds: 1 } });
    expect(pressure.refused.event_loop_delay).toBe(before + 1);
    pressure.set(undefined);
    await expectValue(driver, filter, filtered);
  });

  test('runs no command that it refuses, and counts it as a fault', async () => {
    const { application } = target;
    const handler = application.get(CreateSpecimenHandler);
    const operation = descriptorOf(CreateSpecimen);
    const { executions } = handler;
    pressure.set('heap');
    await expectFailure(
      driver,
      { operation, input: { name: 'one' }, token: await application.token('USER') },
      ServiceUnavailable,
    );
    expect(handler.executions).toBe(executions);
    const counts = application.get(OperationMetrics).of(operation, connectable.protocol);
    expect(Object.fromEntries(counts.outcomes)).toEqual({ SERVICE_UNAVAILABLE: 1 });
  });

  test('finishes what it has begun', async () => {
    const { pipeline } = target.application;
    const handler = target.application.get(WaitForSpecimenHandler);
    const waiting = driver.call({ operation: descriptorOf(WaitForSpecimen), input: {} });
    await expect.poll(() => handler.waiting).toBe(1);
    pressure.limitCalls(1);
    await expectFailure(driver, filter, ServiceUnavailable);
    handler.release();
    expect(valueIn(await waiting)).toEqual({ waited: true });
    await expect.poll(() => pipeline.running).toBe(0);
    await expectValue(driver, filter, filtered);
  });
});

test('a process whose event loop is blocked again and again refuses calls, and takes them when it is not', async () => {
  const pressure = new MeasuredPressure({ eventLoopDelayMs: 30 }, 100);
  const target = await startSpecimens({ pressure, rateLimiter: new MemoryRateLimiter() });
  const [rest] = drivers;
  const driver = connected(rest as Connectable, target);
  const isAnswered = () => expect.poll(() => driver.call(filter)).toMatchObject({ outcome: { value: filtered } });
  await isAnswered();
  let refused: unknown;
  const calling = (async () => {
    while (refused === undefined) {
      const { outcome } = await driver.call(filter);
      if ('failure' in outcome) refused = outcome.failure;
    }
  })();
  await busy(80, () => refused !== undefined);
  await calling;
  expect(refused).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 });
  await isAnswered();
  await driver.close();
  await target.stop();
  pressure.onApplicationShutdown();
});
