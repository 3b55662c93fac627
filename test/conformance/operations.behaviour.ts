import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Unimplemented } from '../../src/contract/built-in-failures.js';
import type { RunningTarget } from '../support/target.js';
import { calling, defineCases, isInternal, successes } from './cases.js';
import type { Driver, RawDriver } from './drivers/driver.js';
import { type Connectable, drivers, operationsOf, type RawConnectable, rawDrivers } from './drivers/drivers.js';
import { GrpcDriver } from './drivers/grpc.js';
import { Unreachable } from './example.js';
import { exampleOf } from './examples.js';
import { expectFailure, expectValue, SameEverywhere } from './outcomes.js';
import { documents, operations } from './product.js';
import { everything, type Selection, sample } from './sample.js';
import { World } from './world.js';

export interface Running {
  readonly target: () => RunningTarget;
  readonly world: () => World;
}

/** One that shares a server with others waits for its turn. */
const startTimeoutMs = 300_000;

/** Every operation there is, in every protocol, brought to each of its outcomes; `start` says in which topology. */
export function describeOperations(start: () => Promise<RunningTarget>, selected = sample(0)): void {
  let target: RunningTarget;
  let world: World;

  beforeAll(async () => {
    target = await start();
    world = await World.open(target);
  }, startTimeoutMs);

  afterAll(async () => {
    await world.close();
    await target.stop();
  });

  const running: Running = { target: () => target, world: () => world };
  outcomes(drivers, running, selected);
  for (const connectable of rawDrivers) hostileInputs(connectable, running, selected);
  compressedRequests(running);
  internalOperations(running);
  outOfReach();
}

/** `ways`: to call the operations; they give the same answers. */
export function outcomes(
  ways: readonly Connectable[],
  { target, world }: Running,
  selected: Selection = everything,
): void {
  const same = new SameEverywhere();

  describe.each(ways)('$name', (connectable) => {
    let driver: Driver;

    beforeAll(() => {
      driver = connectable.connect(target(), documents);
    });

    afterAll(() => driver.close());

    describe.each(operationsOf(connectable, operations))('$id', (operation) => {
      const subject = { connectable, operation, example: exampleOf(operation), driver: () => driver, world, same };
      if (selected(connectable, operation)) defineCases(subject);
      else successes(subject);
    });
  });
}

export function hostileInputs(
  connectable: RawConnectable,
  { target, world }: Running,
  selected: Selection = everything,
): void {
  describe(`${connectable.name}, hostile`, () => {
    let driver: RawDriver;

    beforeAll(() => {
      driver = connectable.connect(target(), documents);
    });

    afterAll(() => driver.close());

    const taken = operationsOf(connectable, operations).filter((operation) => selected(connectable, operation));
    describe.each(taken)('$id', (operation) => {
      const anyCall = async () => calling(operation, await exampleOf(operation).success(world()));

      test('refuses an unknown field, except in protobuf', async () => {
        await driver.expectUnknownField(await anyCall());
      });

      if (!connectable.carriesBody(operation)) return;
      test('answers bytes that do not parse', async () => driver.expectMalformed(await anyCall()));
      test('answers a message beyond the limit', async () => driver.expectOversized(await anyCall()));
    });
  });
}

function compressedRequests({ target, world }: Running): void {
  describe.each(['gzip', 'deflate'] as const)('gRPC, requests compressed with %s', (compression) => {
    let driver: GrpcDriver;

    beforeAll(() => {
      driver = GrpcDriver.connect(target().addresses.grpc ?? '', documents.protos.values(), compression);
    });

    afterAll(() => driver.close());

    test.each(operations.filter(({ protocols }) => protocols.includes('grpc')))('$id succeeds', async (operation) => {
      const arranged = await exampleOf(operation).success(world());
      await expectValue(driver, calling(operation, arranged), arranged.gives);
    });
  });
}

/** REST and GraphQL have no name that they could be asked for by. */
function internalOperations({ target, world }: Running): void {
  const named = rawDrivers.filter(({ protocol }) => protocol === 'websocket' || protocol === 'mqtt');

  describe.each(operations.filter(isInternal))('$id, which is for services only', (operation) => {
    test.each(named)('does not exist over $name', async ({ connect }) => {
      const driver = connect(target(), documents);
      const { input } = await exampleOf(operation).success(world());
      await expectFailure(driver, { operation, input, token: world().adminToken }, Unimplemented);
      await driver.close();
    });

    test('is in no public document', () => {
      expect(documents.sdl).not.toContain(` ${operation.wire.graphql}(`);
    });
  });
}

function outOfReach(): void {
  describe('out of reach today', () => {
    for (const operation of operations) {
      const { forbidden, failures } = exampleOf(operation);
      for (const [name, arrange] of Object.entries({ PERMISSION_DENIED: forbidden, ...failures })) {
        if (arrange instanceof Unreachable) test.skip(`${name} of ${operation.id}: ${arrange.reason}`);
      }
    }
  });
}
