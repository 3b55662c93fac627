import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBuiltApplication } from '../support/application.js';
import type { RunningTarget } from '../support/target.js';
import type { Driver } from './drivers/driver.js';
import { drivers, operationsOf } from './drivers/drivers.js';
import { exampleOf } from './examples.js';
import { expectValue } from './outcomes.js';
import { documents, operations } from './product.js';
import { World } from './world.js';

let target: RunningTarget;
let world: World;

beforeAll(async () => {
  target = await startBuiltApplication();
  world = await World.open(target);
});

afterAll(async () => {
  await world.close();
  await target.stop();
});

/** The build, the environment and the sockets of a process; everything else is the same as in this process. */
describe.each(drivers)('$name, built', (connectable) => {
  let driver: Driver;

  beforeAll(() => {
    driver = connectable.connect(target, documents);
  });

  afterAll(() => driver.close());

  test.each(operationsOf(connectable, operations).filter((operation) => operation.takesIdempotencyKey))(
    '$id succeeds',
    async (operation) => {
      const { gives, ...arranged } = await exampleOf(operation).success(world);
      await expectValue(driver, { operation, ...arranged }, gives);
    },
  );
});

test('a process answers after all that', async () => {
  const response = await fetch(`${target.addresses.http}/health/ready`);
  expect(response.status).toBe(200);
});
