import { expect, test } from 'vitest';
import {
  DeadlineExceeded,
  IdempotencyKeyInUse,
  IdempotencyKeyReused,
  InvalidArgument,
  PermissionDenied,
  Unauthenticated,
} from '../../src/contract/built-in-failures.js';
import type { OperationDescriptor } from '../../src/contract/module.js';
import { eventually } from '../support/eventually.js';
import type { Call, Driver } from './drivers/driver.js';
import type { Connectable } from './drivers/drivers.js';
import { type Arrange, type Arranged, type OperationExample, Unreachable } from './example.js';
import { expectFailure, expectIssues, expectValue, type SameEverywhere, valueIn } from './outcomes.js';
import type { World } from './world.js';

/** Fewer than one connection may have under way. */
const mostAtOnce = 64;
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const laterTraceparent = 'cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-and-more';

export const isInternal = ({ spec }: OperationDescriptor): boolean => spec.access.type === 'internal';
const isOpen = ({ spec }: OperationDescriptor): boolean => spec.access.type === 'anyone';

/** One operation by one way to call it. */
export interface Subject {
  readonly connectable: Connectable;
  readonly operation: OperationDescriptor;
  readonly example: OperationExample;
  /** Connected when the tests run. */
  readonly driver: () => Driver;
  readonly world: () => World;
  /** One for all ways to call it. */
  readonly same: SameEverywhere;
}

export const calling = (operation: OperationDescriptor, { input, token, serviceToken }: Arranged): Call => ({
  operation,
  input,
  ...(token !== undefined && { token }),
  ...(serviceToken !== undefined && { serviceToken }),
});

/** What can not be reached is listed once, at the end. */
function reachable(
  name: string,
  world: () => World,
  arrange: Arrange | Unreachable | undefined,
  run: (call: Arranged) => Promise<void>,
): void {
  if (arrange && !(arrange instanceof Unreachable)) test(name, async () => run(await arrange(world())));
}

export function successes({ driver, operation, example, world }: Subject): void {
  test('succeeds', async () => {
    const arranged = await example.success(world());
    await expectValue(driver(), { ...calling(operation, arranged), requestId: 'mine-1', traceparent }, arranged.gives);
  });

  if (!isOpen(operation)) return;
  test('ignores a token that does not hold', async () => {
    const arranged = await example.success(world());
    await expectValue(driver(), { ...calling(operation, arranged), token: 'expired' }, arranged.gives);
  });
}

function denials({ driver, operation, example, world, same }: Subject): void {
  const denial = isInternal(operation) ? PermissionDenied : Unauthenticated;
  test('refuses a caller who has not signed in', async () => {
    const { input } = await example.success(world());
    const outcome = await expectFailure(driver(), { operation, input, traceparent, requestId: 'mine-3' }, denial);
    same.expect(`${operation.id} anonymous`, outcome);
  });

  test('refuses a token that does not hold', async () => {
    const { input } = await example.success(world());
    await expectFailure(driver(), { operation, input, token: 'nonsense' }, Unauthenticated);
  });

  if (!isInternal(operation)) return;
  test('refuses an administrator', async () => {
    const { input } = await example.success(world());
    await expectFailure(driver(), { operation, input, token: world().adminToken }, PermissionDenied);
  });
}

function refusals({ connectable, driver, operation, example, world, same }: Subject): void {
  test.each(example.invalid)('lists the issues of $input', async ({ input, issues }) => {
    const arranged = await example.success(world());
    const call = { ...calling(operation, arranged), input, traceparent: laterTraceparent, requestId: 'mine-2' };
    const outcome = await expectFailure(driver(), call, InvalidArgument);
    expectIssues(outcome, issues);
    same.expect(`${operation.id} ${JSON.stringify(input)}`, outcome);
  });

  reachable('refuses a caller who may not', world, example.forbidden, async (arranged) => {
    const outcome = await expectFailure(driver(), calling(operation, arranged), PermissionDenied);
    same.expect(`${operation.id} forbidden`, outcome);
  });

  for (const declared of operation.spec.errors ?? []) {
    reachable(`fails with ${declared.code}`, world, example.failures?.[declared.code], async (arranged) => {
      const outcome = await expectFailure(driver(), calling(operation, arranged), declared);
      same.expect(`${operation.id} ${declared.code}`, outcome);
    });
  }

  test('stops at its deadline', async () => {
    const late = async () => {
      const call = { ...calling(operation, await example.success(world())), timeoutMs: 1 };
      // grpc-js may not even send it
      if (connectable.name === 'gRPC') expect((await driver().call(call)).facts).toMatchObject({ status: 4 });
      else await expectFailure(driver(), call, DeadlineExceeded);
    };
    // one that is done sooner is answered: the more there are, the longer the last of them takes
    let atOnce = 1;
    await eventually(async () => {
      const outcomes = await Promise.allSettled(Array.from({ length: atOnce }, late));
      atOnce = Math.min(2 * atOnce, mostAtOnce);
      if (outcomes.every(({ status }) => status === 'rejected')) throw (outcomes[0] as PromiseRejectedResult).reason;
    });
  });
}

function repetitions({ driver, operation, example, world, same }: Subject): void {
  const newKey = () => `key-${crypto.randomUUID()}`;

  test('replays the outcome of a repeated idempotency key', async () => {
    const idempotencyKey = newKey();
    const arranged = await example.success(world());
    const call = { ...calling(operation, arranged), idempotencyKey };
    const first = await expectValue(driver(), call, arranged.gives);
    const token = arranged.repeatToken ?? call.token;
    await expectValue(driver(), { ...call, token }, first);
  });

  const hasInputs = operation.input.fields.length > 0;
  test.runIf(hasInputs)('refuses an idempotency key with another input', async () => {
    const idempotencyKey = newKey();
    const [one, other] = [await example.success(world()), await example.success(world())];
    await expectValue(driver(), { ...calling(operation, one), idempotencyKey }, one.gives);
    const call = { ...calling(operation, one), input: other.input, idempotencyKey };
    same.expect(`${operation.id} reused key`, await expectFailure(driver(), call, IdempotencyKeyReused));
  });

  test('runs once for requests with one idempotency key at the same time', async () => {
    const arranged = await example.success(world());
    const call = { ...calling(operation, arranged), idempotencyKey: newKey() };
    const answers = await Promise.all([driver().call(call), driver().call(call), driver().call(call)]);
    const values = answers.filter(({ outcome }) => 'value' in outcome).map(valueIn);
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) expect(value).toEqual(values[0]);
    // a command that ends its own token leaves none to those that come a moment later
    const allowed = [IdempotencyKeyInUse.code, ...(arranged.repeatToken === undefined ? [] : [Unauthenticated.code])];
    for (const { outcome } of answers) {
      if ('failure' in outcome) expect(allowed).toContain(outcome.failure.code);
    }
  });
}

function ignoredKeys({ driver, operation, example, world }: Subject): void {
  test('ignores an idempotency key', async () => {
    for (const arranged of [await example.success(world()), await example.success(world())]) {
      await expectValue(driver(), { ...calling(operation, arranged), idempotencyKey: 'the same key' }, arranged.gives);
    }
  });
}

/** The column of the table that one operation and one way to call it make. */
export function defineCases(subject: Subject): void {
  const { operation } = subject;
  successes(subject);
  refusals(subject);
  if (!isOpen(operation)) denials(subject);
  if (operation.takesIdempotencyKey) repetitions(subject);
  else ignoredKeys(subject);
}
