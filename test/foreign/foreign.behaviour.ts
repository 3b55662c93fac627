import { afterAll, beforeAll, describe } from 'vitest';
import type { RawConnectable } from '../conformance/drivers/drivers.js';
import { hostileInputs, outcomes, type Running } from '../conformance/operations.behaviour.js';
import { World } from '../conformance/world.js';
import type { RunningTarget } from '../support/target.js';

export interface Topology {
  readonly name: string;
  readonly start: () => Promise<RunningTarget>;
}

/** Every operation, brought to each of its outcomes by a client of others, and what it answers to hostile input. */
export function foreignCalls(client: RawConnectable, { name, start }: Topology): void {
  describe(`${client.name} before ${name}`, () => {
    let target: RunningTarget;
    let world: World;
    const running: Running = { target: () => target, world: () => world };

    beforeAll(async () => {
      target = await start();
      world = await World.open(target);
    });

    afterAll(async () => {
      await world?.close();
      await target?.stop();
    });

    outcomes([client], running);
    hostileInputs(client, running);
  });
}
