import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Administrator, Person } from './callers.js';
import { ConsulFront, hasConsul } from './consul-front.js';
import { report } from './report.js';
import { SteadyLoad } from './steady-load.js';
import { longDeadlineMs, Topology } from './topology.js';

const callers = 10;

describe.skipIf(!hasConsul)('Consul', () => {
  let front: ConsulFront;
  let topology: Topology;
  let steady: SteadyLoad;

  const known = (service: string, count: number) => expect.poll(() => front.healthy(service)).toBe(count);

  beforeEach(async () => {
    front = await ConsulFront.open();
    topology = await Topology.start({
      counts: { 'user-service': 2 },
      environment: { ...front.environment, REQUEST_DEADLINE_MS: `${longDeadlineMs}` },
    });
    const admin = await Administrator.logIn(topology);
    const people = await Promise.all(Array.from({ length: callers }, (_, caller) => Person.register(topology, caller)));
    steady = new SteadyLoad({ callers, deadlineMs: longDeadlineMs }, (caller) => {
      const { reads, renames, renews } = people[caller] as Person;
      return [reads, renames, admin.creates(caller), renews];
    });
    await steady.answered(5 * callers);
  });

  afterEach(async () => {
    await steady?.stop();
    await topology?.stop();
    await front?.close();
  });

  test('goes away and comes back without what it knew: no call fails, and later instances are found', {
    timeout: 120_000,
  }, async () => {
    const [first, second] = topology.of('user-service');
    expect(await second?.end('SIGTERM')).toBe(0);
    front.down();
    await steady.answered(20 * callers);
    await front.forget();
    await front.up();
    await steady.answered(20 * callers);
    await known('user-service', 1);
    await second?.start();
    await known('user-service', 2);
    await steady.answered(5 * callers);
    expect(await first.end('SIGTERM')).toBe(0);
    await steady.answered(20 * callers);
    const tally = await steady.stop();
    report('Consul loses its data, an instance takes the place of another', tally);
    expect([...tally.faults, ...tally.details]).toEqual([]);
  });

  test('comes back and holds every instance for critical: no call fails', { timeout: 120_000 }, async () => {
    front.down();
    await steady.answered(5 * callers);
    await front.doubt(true);
    await front.up();
    await known('user-service', 0);
    await steady.answered(20 * callers);
    await front.doubt(false);
    await known('user-service', 2);
    await steady.answered(5 * callers);
    const tally = await steady.stop();
    report('Consul holds every instance for critical', tally);
    expect([...tally.faults, ...tally.details]).toEqual([]);
  });

  test('does not hide what it cannot see: an instance that is killed while it is away gets no calls', {
    timeout: 120_000,
  }, async () => {
    front.down();
    steady.next();
    await topology.of('user-service')[0].end('SIGKILL');
    await steady.answered(10 * callers);
    const killed = steady.next();
    await steady.answered(20 * callers);
    const after = await steady.stop();
    await front.up();
    report('kill -9 of one of two while Consul is away', killed);
    expect([...killed.faults, ...after.faults, ...after.details]).toEqual([]);
    expect(killed.failed).toBeLessThanOrEqual(callers);
  });
});
