import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { MqttServerOptions } from '../../../src/protocols/mqtt/mqtt-server.js';
import { startApplication } from '../../support/application.js';
import { MqttCaller } from './mqtt-caller.js';
import {
  connectPacket,
  pingPacket,
  pubackPacket,
  pubcompPacket,
  publishPacket,
  pubrecPacket,
  pubrelPacket,
  repeated,
  subscribePacket,
  unsubscribePacket,
} from './raw-packets.js';
import { type SpecimenMqtt, serveSpecimens } from './specimen-mqtt.js';

const limitOf = (quota: number) => () => ({ quota, windowSeconds: 3_600 });
const connack = Buffer.from([0x20, 2, 0, 0]);
const lists = 'specimens/list-specimens';

let server: SpecimenMqtt;
const closes: (() => unknown)[] = [];

async function serve(options: Partial<MqttServerOptions> = {}): Promise<void> {
  server = await serveSpecimens(options);
  closes.push(() => server.close());
}

async function call(): Promise<MqttCaller> {
  const caller = await MqttCaller.connect(server.url, 'mstv');
  closes.push(() => caller.end());
  return caller;
}

/** The wire of a client, after the answer to its CONNECT. */
async function openWire(clientId = 'raw'): Promise<Socket> {
  const wire = connectTcp(Number(new URL(server.url).port), '127.0.0.1').on('error', () => undefined);
  closes.push(() => wire.destroy());
  wire.write(connectPacket(clientId));
  expect((await once(wire, 'data'))[0]).toEqual(connack);
  return wire;
}

afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

describe('a limit of messages per connection', () => {
  test('refuses requests beyond it with RATE_LIMITED, and counts for each connection', async () => {
    await serve({ messageRate: limitOf(4) });
    const [caller, other] = [await call(), await call()];
    const codes: unknown[] = [];
    for (let count = 0; count < 5; count++) codes.push((await caller.call(lists, {})).error?.data);
    const refusal = { code: 'RATE_LIMITED', retry_after: expect.any(Number) };
    expect(codes).toEqual([undefined, undefined, undefined, refusal, refusal]);
    expect((await other.call(lists, {})).result).toBeDefined();
  });

  test('counts those that came in one chunk each at its turn', async () => {
    await serve({ messageRate: limitOf(5) });
    const caller = await call();
    const answers = await Promise.all(Array.from({ length: 6 }, () => caller.call(lists, {})));
    expect(answers.map(({ error }) => error?.data.code ?? 'answered').sort()).toEqual([
      'RATE_LIMITED',
      'RATE_LIMITED',
      ...Array.from({ length: 4 }, () => 'answered'),
    ]);
  });

  test.each([
    ['pings', pingPacket, 1],
    ['messages on other topics', publishPacket('elsewhere'), 1],
    ['subscriptions that are refused', subscribePacket('elsewhere'), 1],
    ['each filter of a subscription', subscribePacket('a', 'b', 'c', 'd'), 4],
    ['each filter that is unsubscribed from', unsubscribePacket('a', 'b', 'c', 'd'), 4],
  ])('counts %s', async (_, bytes, count) => {
    await serve({ messageRate: limitOf(10) });
    const caller = await call();
    for (let sent = 0; sent < 8; sent += count) caller.client.stream.write(bytes);
    expect((await caller.call(lists, {})).result).toBeDefined();
    expect((await caller.call(lists, {})).error?.data.code).toBe('RATE_LIMITED');
  });

  test('refuses subscriptions beyond it', async () => {
    await serve({ messageRate: limitOf(2) });
    const { client, id } = await call();
    await client.subscribeAsync(`mstv/clients/${id}/second`);
    await expect(client.subscribeAsync(`mstv/clients/${id}/third`)).rejects.toThrow();
  });

  test.each([
    ['empty publishes', publishPacket('mstv/rpc/a/b')],
    ['publishes elsewhere', publishPacket('elsewhere')],
    ['subscriptions', subscribePacket('elsewhere')],
    ['unsubscriptions', unsubscribePacket('elsewhere')],
    ['pings', pingPacket],
    ['PUBACK', pubackPacket],
    ['PUBREC', pubrecPacket],
    ['PUBREL', pubrelPacket],
    ['PUBCOMP', pubcompPacket],
  ])('ends a connection that goes on with %s, and disturbs no other', async (_, bytes) => {
    await serve({ messageRate: limitOf(20) });
    const caller = await call();
    const wire = await openWire();
    wire.resume();
    wire.write(repeated(bytes, 1_000));
    await once(wire, 'close');
    expect((await caller.call(lists, {})).result).toBeDefined();
  });

  test('never ends a connection within it, whose answers are acknowledged as well', async () => {
    await serve({ messageRate: limitOf(100) });
    const caller = await call();
    for (let count = 0; count < 9; count++) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => caller.call(lists, {})));
      expect(answers.every(({ result }) => result !== undefined)).toBe(true);
    }
    await caller.publish(lists, '{}', { qos: 2 });
    expect(caller.client.connected).toBe(true);
  });
});

test('RATE_LIMITS bounds the messages of a connection', async () => {
  const target = await startApplication({ RATE_LIMITS: 'connection=3/h', MQTT_URL: '' });
  closes.push(() => target.stop());
  const caller = await MqttCaller.connect(target.addresses.mqtt ?? '', target.topicPrefix);
  closes.push(() => caller.end());
  const answers = await Promise.all(Array.from({ length: 3 }, () => caller.call('users/get-me', {})));
  expect(answers.map(({ error }) => error?.data.code)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'RATE_LIMITED']);
});

describe('a client that sends without waiting', () => {
  test('is read packet by packet, whatever else is under way', async () => {
    await serve();
    const wire = await openWire();
    wire.write(repeated(publishPacket('mstv/rpc/a/b'), 12_000));
    wire.write(pingPacket);
    expect((await once(wire, 'data'))[0]).toEqual(Buffer.from([0xd0, 0]));
  });

  test('takes turns with the others', async () => {
    await serve();
    const [flooding, waiting] = [await openWire('flooding'), await openWire('waiting')];
    const pings = 500_000;
    let received = 0;
    flooding.on('data', ({ length }) => {
      received += length;
    });
    flooding.write(repeated(pingPacket, pings));
    await once(flooding, 'data');
    waiting.write(pingPacket);
    await once(waiting, 'data');
    expect(received).toBeLessThan(2 * pings);
  });

  test('sends no long list of filters', async () => {
    await serve();
    for (const packet of [subscribePacket, unsubscribePacket]) {
      const wire = await openWire();
      wire.resume();
      wire.write(packet(...Array.from({ length: 5_000 }, (_, index) => `f${index}`)));
      await once(wire, 'close');
    }
  });
});

describe('a client without a client id', () => {
  const answerTo = async (clean: boolean): Promise<Buffer> => {
    const wire = connectTcp(Number(new URL(server.url).port), '127.0.0.1');
    closes.push(() => wire.destroy());
    wire.write(connectPacket('', { clean }));
    return (await once(wire, 'data'))[0] as Buffer;
  };

  test('is refused when it requests a session, by MQTT-3.1.3-8', async () => {
    await serve();
    expect(await answerTo(false)).toEqual(Buffer.from([0x20, 2, 0, 2]));
  });

  test('is given one when it does not', async () => {
    await serve();
    expect(await answerTo(true)).toEqual(connack);
  });
});
