import { afterEach, describe, expect, test } from 'vitest';
import { Administrator, Person } from './callers.js';
import { report } from './report.js';
import { SteadyLoad, type Tally } from './steady-load.js';
import { deadlineMs, type Service, Topology, type TopologyOptions } from './topology.js';
import { hasToxiproxy, Wire } from './toxiproxy.js';

const callers = 10;
const named = new Set(['SERVICE_UNAVAILABLE', 'DEADLINE_EXCEEDED', 'IDEMPOTENCY_KEY_IN_USE']);

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

const toUsers: Pick<TopologyOptions, 'wireTo' | 'wireToDatabase'> = {
  wireTo: async (service: Service, address: string) => (service === 'user-service' ? wired(address) : address),
};

const toItsDatabase: Pick<TopologyOptions, 'wireTo' | 'wireToDatabase'> = {
  wireToDatabase: async (service, text) => {
    const url = new URL(text);
    if (service === 'user-service') url.host = await wired(url.host);
    return url.href;
  },
};

const load = () =>
  new SteadyLoad({ callers, deadlineMs }, (caller) => {
    const { reads, renames } = people[caller] as Person;
    return [reads, renames, reads, admin.creates(caller)];
  });

const ready = () => topology.of('user-service')[0].readiness();

const strange = ({ faults, failures }: Tally) => [
  ...faults,
  ...Object.keys(failures).filter((code) => !named.has(code)),
];

afterEach(async () => {
  await topology?.stop();
  await Promise.all(wires.map((wire) => wire.remove()));
  wires = [];
});

describe.skipIf(!hasToxiproxy)('a network', () => {
  test('that is slow to one of two instances: queries are answered by the other', { timeout: 120_000 }, async () => {
    await start({ counts: { 'user-service': 2 }, ...toUsers });
    const steady = load();
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

  test.for([
    { what: 'between gateway and service', way: toUsers },
    { what: 'between service and database', way: toItsDatabase },
  ])('that is slow $what: answers come later', { timeout: 120_000 }, async ({ what, way }) => {
    await start(way);
    const steady = load();
    await steady.answered(5 * callers);
    steady.next();
    for (const wire of wires) await wire.slow(100);
    await steady.answered(10 * callers);
    const slow = await steady.stop();
    report(`slow network ${what}`, slow);
    expect([...slow.faults, ...slow.details]).toEqual([]);
  });

  test.for([
    { what: 'cut', where: 'between gateway and service', way: toUsers, harm: (wire: Wire) => wire.cut() },
    { what: 'silent', where: 'between gateway and service', way: toUsers, harm: (wire: Wire) => wire.silence() },
    { what: 'cut', where: 'between service and database', way: toItsDatabase, harm: (wire: Wire) => wire.cut() },
    { what: 'silent', where: 'between service and database', way: toItsDatabase, harm: (wire: Wire) => wire.silence() },
  ])(
    'that is $what $where: callers are told by name, and answered when it is back',
    { timeout: 120_000 },
    async ({ what, where, way, harm }) => {
      await start(way);
      const steady = load();
      await steady.answered(5 * callers);
      steady.next();
      for (const wire of wires) await harm(wire);
      await steady.until(({ failed }) => failed >= 10 * callers);
      if (way === toItsDatabase) expect(await ready()).toBe(503);
      const harmed = steady.next();
      for (const wire of wires) await wire.heal();
      await steady.answered(5 * callers);
      const recovering = steady.next();
      await steady.answered(20 * callers);
      const back = await steady.stop();
      report(`${what} network ${where}`, harmed);
      report('until the first answers', recovering);
      report('after it', back);
      expect([harmed, recovering, back].flatMap(strange)).toEqual([]);
      expect(back.details).toEqual([]);
      expect(await ready()).toBe(200);
    },
  );
});
