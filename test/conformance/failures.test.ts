import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  DeadlineExceeded,
  Internal,
  InvalidArgument,
  RateLimited,
  Unauthenticated,
} from '../../src/contract/built-in-failures.js';
import { failureKinds } from '../../src/contract/failure-table.js';
import { describe as descriptorOf } from '../../src/contract/module.js';
import { MemoryRateLimiter } from '../../src/platform/cache/memory-rate-limiter.js';
import { CreateSpecimenHandler } from '../fixtures/specimens/specimens.handlers.js';
import {
  CreateSpecimen,
  DiscardSpecimenV2,
  FailSpecimen,
  FilterSpecimens,
  failureOfKind,
  IssueSpecimenToken,
  ListSpecimens,
  SpecimenTaken,
  WaitForSpecimen,
} from '../fixtures/specimens/specimens.operations.js';
import { type SpecimenTarget, startSpecimens } from '../support/specimen-target.js';
import type { Driver } from './drivers/driver.js';
import { drivers } from './drivers/drivers.js';
import { expectFailure, expectValue } from './outcomes.js';

const anyRate = { quota: 1_000_000, windowSeconds: 1 };
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

let target: SpecimenTarget;

beforeAll(async () => {
  target = await startSpecimens({
    rateLimiter: new MemoryRateLimiter(),
    pipeline: {
      limits: {
        enabled: true,
        address: anyRate,
        caller: anyRate,
        operations: { 'specimens.issueSpecimenToken': { quota: 1, windowSeconds: 3_600 } },
      },
    },
  });
});

afterAll(() => target.stop());

/** What only a test module can be made to do; every protocol reports it in its own way. */
describe.each(drivers)('$name', ({ connect, name }) => {
  /** GraphQL sends the time to wait in a header. */
  const isSilent = name === 'GraphQL over WebSocket';
  let driver: Driver;

  beforeAll(() => {
    driver = connect(target, target.documents);
  });

  afterAll(() => driver.close());

  test.each(failureKinds)('answers with a failure of kind %s', async (kind) => {
    const declared = failureOfKind.get(kind);
    if (!declared) throw new Error(`no failure of kind ${kind}`);
    const call = { operation: descriptorOf(FailSpecimen), input: { kind: kind.toUpperCase() } };
    const outcome = await expectFailure(driver, call, declared);
    const waits = (kind === 'resource_exhausted' || kind === 'unavailable') && !isSilent;
    expect(outcome).toMatchObject({ failure: { detail: declared.title, ...(waits && { retryAfterSeconds: 1 }) } });
  });

  test('says nothing of an unexpected error but where to look for it', async () => {
    const call = { operation: descriptorOf(FailSpecimen), input: { kind: 'UNEXPECTED' }, traceparent };
    const outcome = await expectFailure(driver, call, Internal);
    expect(outcome).toMatchObject({ failure: { detail: 'Something went wrong on our side' } });
    const answer = await driver.call(call);
    expect(JSON.stringify(answer)).not.toContain('secret');
    if (!name.startsWith('typed')) expect(JSON.stringify(answer)).toContain('4bf92f3577b34da6a3ce929d0e0e4736');
  });

  test('ends a call that runs when its deadline passes', async () => {
    const call = { operation: descriptorOf(WaitForSpecimen), input: {}, timeoutMs: 60 };
    // of the two ends of gRPC, whichever notices first
    if (name === 'gRPC') expect((await driver.call(call)).facts).toMatchObject({ status: 4 });
    else await expectFailure(driver, call, DeadlineExceeded);
  });

  test('reports that the quota is used up, and when to retry', async () => {
    const token = await target.application.token('USER');
    const call = { operation: descriptorOf(IssueSpecimenToken), input: { name: 'a' }, token };
    await expectValue(driver, call, { token: expect.any(String) });
    const outcome = await expectFailure(driver, call, RateLimited);
    if (isSilent) return;
    expect(outcome).toMatchObject({ failure: { retryAfterSeconds: expect.toSatisfy((seconds) => seconds > 0) } });
  });

  test('runs a command once for many requests with one key at the same time', async () => {
    const handler = target.application.get(CreateSpecimenHandler);
    const before = handler.executions;
    const token = await target.application.token('USER');
    const operation = descriptorOf(CreateSpecimen);
    const call = { operation, input: { name: 'many' }, token, idempotencyKey: `many ${name}` };
    const answers = await Promise.all(Array.from({ length: 20 }, () => driver.call(call)));
    expect(handler.executions).toBe(before + 1);
    const codes = answers.map(({ outcome }) => ('failure' in outcome ? outcome.failure.code : 'OK'));
    expect(new Set(codes).difference(new Set(['OK', 'IDEMPOTENCY_KEY_IN_USE']))).toEqual(new Set());
  });

  test('replays a failure as well', async () => {
    const handler = target.application.get(CreateSpecimenHandler);
    const before = handler.executions;
    const token = await target.application.token('USER');
    const operation = descriptorOf(CreateSpecimen);
    const call = { operation, input: { name: 'taken' }, token, idempotencyKey: `taken ${name}` };
    const first = await expectFailure(driver, call, SpecimenTaken);
    expect(await expectFailure(driver, call, SpecimenTaken)).toEqual(first);
    expect(handler.executions).toBe(before + 1);
  });

  test('refuses an unusable idempotency key', async () => {
    const token = await target.application.token('USER');
    const operation = descriptorOf(CreateSpecimen);
    const call = { operation, input: { name: 'one' }, token, idempotencyKey: 'x'.repeat(256) };
    await expectFailure(driver, call, InvalidArgument);
  });

  test('serves a later version beside the first', async () => {
    const input = { id: crypto.randomUUID(), reason: 'old' };
    await expectValue(driver, { operation: descriptorOf(DiscardSpecimenV2), input }, input);
  });

  test('gives a page with its meta data, and fills in defaults', async () => {
    const operation = descriptorOf(ListSpecimens);
    const pageMeta = { page: 1, limit: 20, totalItems: expect.any(Number), totalPages: expect.any(Number) };
    await expectValue(driver, { operation, input: {} }, { items: expect.any(Array), pageMeta });
    await expectValue(driver, { operation: descriptorOf(FilterSpecimens), input: {} }, { page: 1, colours: [] });
  });

  test('takes a malformed request id, trace and timeout as absent', async () => {
    const call = { operation: descriptorOf(FilterSpecimens), input: { page: 2 }, requestId: 'a b', traceparent: 'x' };
    const { outcome } = await driver.call(call);
    expect(outcome).toEqual({ value: { page: 2, colours: [] } });
  });

  test('refuses a token of another issuer', async () => {
    const foreign = await startSpecimens();
    const token = `${(await foreign.application.token('ADMIN')).slice(0, -4)}AAAA`;
    await foreign.stop();
    const call = { operation: descriptorOf(CreateSpecimen), input: { name: 'one' }, token };
    await expectFailure(driver, call, Unauthenticated);
  });
});
