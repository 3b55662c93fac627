import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Administrator, Person } from './callers.js';
import { report } from './report.js';
import { SteadyLoad, strange } from './steady-load.js';
import { deadlineMs, longDeadlineMs, Topology, type TopologyOptions, wiredWays } from './topology.js';
import { hasToxiproxy, Wire } from './toxiproxy.js';

const callers = 10;

let topology: Topology;
let admin: Administrator;
let people: Person[];
let wires: Wire[] = [];

async function start(options: TopologyOptions): Promise<void> {
  topology = await Topology.start(options);
  admin = await Administrator.logIn(topology);
  people = await Promise.all(Array.from({ length: callers }, (_, caller) => Person.register(topology, caller)));
}

async function wired(address: string): Promise<string> {
  const wire = await Wire.to(address);
  wires.push(wire);
  return wire.address;
}

const ways = wiredWays(wired);

const load = (limitMs = deadlineMs) =>
  new SteadyLoad({ callers, deadlineMs: limitMs }, (caller) => {
    const { reads, renames } = people[caller] as Person;
    return [reads, renames, reads, admin.creates(caller)];
  });

const ready = () => topology.of('user-service')[0].readiness();

async function stop(): Promise<void> {
  await topology?.stop();
  await Promise.all(wires.map((wire) => wire.remove()));
  wires = [];
}

describe.skipIf(!hasToxiproxy).for(ways)('a network $where', ({ where, options }) => {
  beforeAll(() => start(options));
  afterAll(stop);

  test('that is slow: answers come later', { timeout: 120_000 }, async () => {
    const steady = load();
    await steady.answered(5 * callers);
    steady.next();
    for (const wire of wires) await wire.slow(100);
    await steady.answered(10 * callers);
    for (const wire of wires) await wire.heal();
    const slow = await steady.stop();
    report(`slow network ${where}`, slow);
    expect([...slow.faults, ...slow.details]).toEqual([]);
  });

  test.for([
    { what: 'cut', harm: (wire: Wire) => wire.cut() },
    { what: 'silent', harm: (wire: Wire) => wire.silence() },
  ])('that is $what: callers get its name, and answers when it is back', { timeout: 120_000 }, async (fault) => {
    const steady = load();
    await steady.answered(5 * callers);
    steady.next();
    for (const wire of wires) await fault.harm(wire);
    await steady.until(({ failed }) => failed >= 10 * callers);
    if (options.wireToDatabase) expect(await ready()).toBe(503);
    const harmed = steady.next();
    for (const wire of wires) await wire.heal();
    await steady.answered(5 * callers);
    const recovering = steady.next();
    await steady.answered(20 * callers);
    const back = await steady.stop();
    report(`${fault.what} network ${where}`, harmed);
    report('until the first answers', recovering);
    report('after it', back);
    expect([harmed, recovering, back].flatMap(strange)).toEqual([]);
    expect(back.details).toEqual([]);
    expect(await ready()).toBe(200);
  });
});

describe.skipIf(!hasToxiproxy)('a network to one of two instances', () => {
  beforeAll(() =>
    start({
      counts: { 'user-service': 2 },
      environment: { REQUEST_DEADLINE_MS: `${longDeadlineMs}` },
      ...ways[0]?.options,
    }),
  );
  afterAll(stop);

  test('that is slow: queries are answered by the other', { timeout: 120_000 }, async () => {
    const steady = load(longDeadlineMs);
    await steady.answered(5 * callers);
    steady.next();
    await wires[0]?.slow(1_500);
    await steady.answered(30 * callers);
    const slow = steady.next();
    await wires[0]?.heal();
    await steady.answered(10 * callers);
    steady.next();
    await steady.answered(10 * callers);
    const back = await steady.stop();
    report('slow network to one of two', slow);
    report('after it', back);
    expect([...slow.faults, ...slow.details, ...back.faults, ...back.details]).toEqual([]);
  });
});
