import { afterEach, describe, expect, test } from 'vitest';
import { StallingProxy } from '../support/stalling-proxy.js';
import { Administrator, Person } from './callers.js';
import { report } from './report.js';
import { SteadyLoad, strange } from './steady-load.js';
import { deadlineMs, Topology, wiredWays } from './topology.js';

const callers = 10;

let topology: Topology;
let proxy: StallingProxy;

const wireTo = async (address: string): Promise<string> => {
  proxy = await StallingProxy.to(address);
  return proxy.address;
};

/** All of them are in use, and stall. */
const environment = { DATABASE_POOL_SIZE: '3' };

afterEach(async () => {
  await topology?.stop();
  await proxy?.remove();
});

describe('stalled connections, which neither end notices', () => {
  test.for(wiredWays(wireTo))(
    '$where are given up, and callers answered over new ones',
    { timeout: 120_000 },
    async (way) => {
      topology = await Topology.start({ environment, ...way.options });
      const admin = await Administrator.logIn(topology);
      const people = await Promise.all(
        Array.from({ length: callers }, (_, caller) => Person.register(topology, caller)),
      );
      const steady = new SteadyLoad({ callers, deadlineMs }, (caller) => {
        const { reads, renames } = people[caller] as Person;
        return [reads, renames, reads, admin.creates(caller)];
      });
      await steady.answered(10 * callers);
      steady.next();
      expect(proxy.stall()).toBeGreaterThan(0);
      await steady.until(({ right }) => right >= 10 * callers);
      const recovering = steady.next();
      await steady.answered(10 * callers);
      const back = await steady.stop();
      report(`connections stalled ${way.where}`, recovering);
      report('after it', back);
      expect([recovering, back].flatMap(strange)).toEqual([]);
      expect(back.details).toEqual([]);
    },
  );
});
