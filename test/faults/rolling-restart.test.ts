import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forEachPart, gateway, parts } from '../support/parts.js';
import { Administrator, Person } from './callers.js';
import { ConsulFront, hasConsul } from './consul-front.js';
import { httpSteps, MovingHttpClient, MovingWebSocketClient, webSocketSteps } from './gateway-callers.js';
import type { Environment } from './instance.js';
import { MovingMqttClient, mqttSteps } from './moving-mqtt-client.js';
import { report } from './report.js';
import { SteadyLoad, type Step } from './steady-load.js';
import { longDeadlineMs, Topology } from './topology.js';

const callers = 10;
const longDeadline: Environment = { REQUEST_DEADLINE_MS: `${longDeadlineMs}` };

let topology: Topology;
let admin: Administrator;
let people: Person[];

/** One after the other, as a deployment does. */
async function restartAll(part: string, load: SteadyLoad): Promise<void> {
  for (const instance of topology.of(part)) {
    expect(await instance.end('SIGTERM')).toBe(0);
    await load.answered(callers);
    await instance.start();
    // clients of several gateways have found this one
    if (part === gateway) await expect.poll(() => instance.servesGrpc()).toBe(true);
    await load.answered(3 * callers);
  }
}

async function underLoad(what: string, steps: (caller: number) => readonly Step[], part: string): Promise<void> {
  const load = new SteadyLoad({ callers, deadlineMs: longDeadlineMs }, steps);
  await load.answered(5 * callers);
  await restartAll(part, load);
  const tally = await load.stop();
  report(what, tally);
  expect([...tally.faults, ...tally.details]).toEqual([]);
}

interface Discovery {
  readonly name: string;
  readonly isThere: boolean;
  open(): Promise<{ readonly environment: Environment; close(): Promise<void> }>;
}

const discoveries: readonly Discovery[] = [
  {
    name: 'known by their addresses',
    isThere: true,
    open: async () => ({ environment: {} as Environment, close: async () => undefined }),
  },
  { name: 'found through Consul', isThere: hasConsul, open: () => ConsulFront.open() },
];

describe.for(discoveries)('two instances of each service, $name', ({ name, isThere, open }) => {
  describe.skipIf(!isThere)('under load', () => {
    let discovery: Awaited<ReturnType<Discovery['open']>>;

    beforeAll(async () => {
      discovery = await open();
      // they say that they go: their callers need no time to see it
      const environment = { ...longDeadline, ...discovery.environment, SHUTDOWN_DELAY_MS: '0' };
      topology = await Topology.start({ counts: await forEachPart(() => 2), environment });
      admin = await Administrator.logIn(topology);
      people = await Promise.all(Array.from({ length: callers }, (_, caller) => Person.register(topology, caller)));
    });

    afterAll(async () => {
      await topology?.stop();
      await discovery?.close();
    });

    test.for(parts)('%s is restarted without a failed call', { timeout: 120_000 }, async (service) => {
      const steps = (caller: number) => {
        const { reads, renames, renews } = people[caller] as Person;
        return [reads, renames, admin.creates(caller), renews, admin.listsAccounts(caller)];
      };
      await underLoad(`rolling restart of ${service}, ${name}`, steps, service);
    });
  });
});

describe('two gateways whose clients move when the gateway asks them to', () => {
  const closers: (() => void)[] = [];

  beforeAll(async () => {
    // as in production: these clients see that a gateway goes only when they ask it again, however late that is
    const environment = { ...longDeadline, SHUTDOWN_DELAY_MS: '3000' };
    topology = await Topology.start({ counts: { 'api-gateway': 2 }, environment });
  });

  afterAll(async () => {
    for (const close of closers) close();
    await topology?.stop();
  });

  test('are restarted without a failed call', { timeout: 120_000 }, async () => {
    const places = topology.of('api-gateway').map(({ place }) => place);
    const urls = places.map(({ http }) => http);
    const brokers = places.map(({ mqtt }) => mqtt);
    const grpc = `ipv4:${places.map(({ grpc: address }) => address).join(',')}`;
    const whom = await Promise.all(Array.from({ length: callers }, () => Person.register(topology, 0)));
    const steps = (caller: number): readonly Step[] => {
      const person = whom[caller] as Person;
      const turned = caller % 2 === 0 ? urls : urls.toReversed();
      const http = new MovingHttpClient(turned, person.token);
      const socket = new MovingWebSocketClient(turned, person.token);
      const device = new MovingMqttClient(caller % 2 === 0 ? brokers : brokers.toReversed(), person.token);
      person.use(topology.connect({ protocol: 'grpc', url: grpc, token: person.token }));
      closers.push(
        () => http.close(),
        () => socket.close(),
        () => device.close(),
      );
      const steps = [...httpSteps(http, person), ...webSocketSteps(socket, person), ...mqttSteps(device, person)];
      return [...steps, person.reads, person.renames];
    };
    await underLoad('rolling restart of api-gateway', steps, 'api-gateway');
  });
});
