import { QueryHandler } from '@nestjs/cqrs';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { anyone } from '../../../src/contract/access.js';
import { module } from '../../../src/contract/module.js';
import { type Handles, query } from '../../../src/contract/operation.js';
import { text, view } from '../../../src/contract/values.js';
import { specimenHandlers } from '../../fixtures/specimens/specimens.handlers.js';
import { ListSpecimens, specimens } from '../../fixtures/specimens/specimens.operations.js';
import { createClient } from '../../support/create-client.js';
import { MqttCaller } from './mqtt-caller.js';
import { hasMosquitto, longestPacket, ShippedMosquitto } from './shipped-mosquitto.js';
import { type SpecimenMqtt, serveSpecimens } from './specimen-mqtt.js';

const brokerBytes = await longestPacket();

/** An answer as long as one asks for. */
class GetTome extends query({
  input: z.object({ size: z.int32() }),
  output: view('Tome', { text: text({ max: 1_000_000 }) }),
  access: anyone,
  rest: 'GET /tomes',
}) {}
const tomes = module('tomes', { GetTome });

@QueryHandler(GetTome)
class GetTomeHandler implements Handles<GetTome> {
  async execute({ input }: GetTome) {
    return { text: 'x'.repeat(input.size) };
  }
}

/** Requests a reply on the topic of another client. Resolves when the broker has accepted or refused the request. */
async function direct({ client }: MqttCaller, topic: string, replyTo: string): Promise<void> {
  const isVersion5 = client.options.protocolVersion === 5;
  const payload = isVersion5 ? '{}' : JSON.stringify({ reply_to: replyTo, params: {} });
  const properties = isVersion5 ? { properties: { responseTopic: replyTo } } : {};
  await client.publishAsync(topic, payload, { qos: 1, ...properties }).catch(() => undefined);
}

describe.skipIf(!hasMosquitto)('Mosquitto with the configuration in deploy/mosquitto', () => {
  let mosquitto: ShippedMosquitto;
  let server: SpecimenMqtt;
  const clients: MqttClient[] = [];

  const anonymous = async (clientId: string) => {
    const client = await connectAsync(mosquitto.url, { clientId, protocolVersion: 5, reconnectPeriod: 0 });
    clients.push(client);
    return client;
  };
  const caller = async (protocolVersion: 4 | 5, clientId = `caller-${crypto.randomUUID()}`) => {
    const made = await MqttCaller.connect(mosquitto.url, 'mstv', { protocolVersion, clientId });
    made.namesItself = true;
    clients.push(made.client);
    return made;
  };

  beforeAll(async () => {
    mosquitto = await ShippedMosquitto.start();
    server = await serveSpecimens(
      { url: mosquitto.urlOfServices },
      { modules: [specimens, tomes], handlers: [...specimenHandlers, GetTomeHandler] },
    );
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.endAsync(true)));
    await server.close();
    await mosquitto.stop();
  });

  test.each([4, 5] as const)('lets an anonymous caller call, with MQTT version %i', async (version) => {
    const calling = await caller(version);
    expect((await calling.call('specimens/list-specimens', {})).result).toBeDefined();
  });

  test('delivers replies to the caller alone, whatever others subscribe to', async () => {
    const spy = await anonymous('spy');
    const seen: string[] = [];
    spy.on('message', (topic) => seen.push(topic));
    await spy.subscribeAsync(['#', 'mstv/clients/#', 'mstv/clients/+/replies', 'mstv/rpc/#'], { qos: 1 });
    const calling = await caller(5);
    for (let count = 0; count < 3; count++) await calling.call('specimens/list-specimens', {});
    const own = await caller(5, 'spy-2');
    await own.call('specimens/list-specimens', {});
    await spy.publishAsync('mstv/rpc/specimens/list-specimens/from/spy', '{}', { qos: 1 });
    expect(seen).toEqual([]);
  });

  test('lets only the services send replies', async () => {
    const calling = await caller(5);
    const forger = await anonymous('forger');
    const forged = forger.publishAsync(calling.replyTopic, '{"result":"forged"}', { qos: 1 });
    await expect(forged).rejects.toThrow('Not authorized');
    await calling.call('specimens/list-specimens', {});
    expect(calling.received).toHaveLength(1);
  });

  test.each([
    ['mstv/clients/victim/replies'],
    ['mstv/clients/victim/#'],
    ['mstv/clients/victim/replies/#'],
    ['mstv/clients/victim/+'],
  ])('lets no client id that looks like a topic see a reply by %s', async (filter) => {
    const victim = await caller(5, 'victim');
    const seen: string[] = [];
    for (const clientId of ['victim/replies', 'victim/', '/victim']) {
      const spy = await anonymous(clientId);
      spy.on('message', (topic) => seen.push(topic));
      await spy.subscribeAsync(filter, { qos: 1 });
    }
    expect((await victim.call('specimens/list-specimens', {})).result).toBeDefined();
    expect((await (await caller(5)).call('specimens/list-specimens', {})).result).toBeDefined();
    expect(seen).toEqual([]);
  });

  test.each([['a/b'], ['+'], ['#']])('lets the client id %s reach no replies', async (clientId) => {
    const odd = await anonymous(clientId).catch(() => undefined);
    const seen: string[] = [];
    odd?.on('message', (topic) => seen.push(topic));
    await odd?.subscribeAsync('mstv/clients/#', { qos: 1 }).catch(() => undefined);
    await (await caller(5)).call('specimens/list-specimens', {});
    expect(seen).toEqual([]);
  });

  test('lets no one in with a wrong password', async () => {
    const wrong = connectAsync(mosquitto.urlOfServices.replace('secret', 'wrong'), {
      protocolVersion: 5,
      reconnectPeriod: 0,
    });
    await expect(wrong).rejects.toThrow('Not authorized');
  });

  test('closes the connection of a client that sends too large a packet', async () => {
    const calling = await caller(5);
    const gone = calling.gone();
    calling.client.publish('mstv/rpc/specimens/list-specimens', 'x'.repeat(1_100_000), { qos: 0 });
    await gone;
  });

  test.each([4, 5] as const)('closes the connection of a request of 300 KB, with MQTT version %i', async (version) => {
    const calling = await caller(version);
    const gone = calling.gone();
    void calling.exchange('specimens/list-specimens', { q: 'x'.repeat(300_000) });
    await gone;
  });

  test.each([4, 5] as const)(
    'leaves no size without an answer or a closed connection, with version %i',
    async (version) => {
      const outcomes: string[] = [];
      for (let size = brokerBytes - 400; size <= brokerBytes + 40; size += 20) {
        const calling = await caller(version);
        const gone = calling.gone().then(() => 'closed');
        const answered = calling.call('specimens/list-specimens', { q: 'x'.repeat(size) });
        outcomes.push(await Promise.race([gone, answered.then(({ error }) => String(error?.data.code))]));
      }
      expect(new Set(outcomes)).toEqual(new Set(['PAYLOAD_TOO_LARGE', 'closed']));
      expect(outcomes.lastIndexOf('PAYLOAD_TOO_LARGE')).toBeLessThan(outcomes.indexOf('closed'));
    },
  );

  test('refuses an answer that the broker would not take, and keeps its connection', async () => {
    const calling = await caller(5);
    const params = { size: brokerBytes };
    expect((await calling.call('tomes/get-tome', params)).error).toMatchObject({ data: { code: 'PAYLOAD_TOO_LARGE' } });
    const next = await calling.call('tomes/get-tome', { size: brokerBytes - 1_000 });
    expect(next.result).toBeDefined();
  });

  test('carries every call of the typed client', async () => {
    const client = createClient({ protocol: 'mqtt', url: mosquitto.url, protos: new Map() });
    expect(await client.execute(new ListSpecimens())).toMatchObject({ items: [] });
    await client.close();
  });

  test('reaches a later version by a topic that names the sender', async () => {
    const id = crypto.randomUUID();
    expect((await (await caller(5)).call('specimens/discard-specimen/v2', { id })).result).toEqual({ id });
  });

  describe.each([4, 5] as const)('with MQTT version %i, has no answer sent to another client', (version) => {
    const lists = 'mstv/rpc/specimens/list-specimens';

    test.each([
      ['by a topic without a sender', lists],
      ['by a topic that names the other one', `${lists}/from/victim`],
      ['by a topic of an operation that does not exist', `mstv/rpc/none/at/all/from/attacker`],
      ['by its own name in a topic', `${lists}/from/attacker`],
      ['by a version that looks like a sender', `mstv/rpc/specimens/from/victim/from/attacker`],
    ])('%s', async (_, topic) => {
      const victim = await caller(version, 'victim');
      const attacker = await caller(version, 'attacker');
      await direct(attacker, topic, victim.replyTopic);
      expect((await attacker.call('specimens/list-specimens', {})).result).toBeDefined();
      expect((await victim.call('specimens/list-specimens', {})).result).toBeDefined();
      expect(victim.received).toHaveLength(1);
    });

    test.each([['victim/x'], ['x/victim'], ['from/victim'], ['x/from/victim'], ['victim/from/victim']])(
      'by the client id %s',
      async (clientId) => {
        const victim = await caller(version, 'victim');
        const attacker = await caller(version, clientId);
        await direct(attacker, `${lists}/from/${clientId}`, victim.replyTopic);
        await direct(attacker, `${lists}/from/x/from/${clientId}`, victim.replyTopic);
        expect((await (await caller(5)).call('specimens/list-specimens', {})).result).toBeDefined();
        expect((await victim.call('specimens/list-specimens', {})).result).toBeDefined();
        expect(victim.received).toHaveLength(1);
      },
    );
  });

  test.each([['mstv/clients/victim/replies'], ['mstv/rpc/specimens/list-specimens/from/victim']])(
    'publishes no will of another client on %s',
    async (topic) => {
      const victim = await caller(5, 'victim');
      const will = {
        topic,
        payload: Buffer.from('{}'),
        qos: 1,
        properties: { responseTopic: victim.replyTopic },
      } as const;
      const attacker = await connectAsync(mosquitto.url, {
        clientId: 'attacker',
        protocolVersion: 5,
        will,
        reconnectPeriod: 0,
      });
      attacker.stream.destroy();
      expect((await (await caller(5)).call('specimens/list-specimens', {})).result).toBeDefined();
      expect((await victim.call('specimens/list-specimens', {})).result).toBeDefined();
      expect(victim.received).toHaveLength(1);
    },
  );

  test('loses no request to an outsider who subscribes as the services do', async () => {
    const outsider = await anonymous('outsider');
    await outsider.subscribeAsync(['$share/mstv/mstv/rpc/#', '$share/mstv/#'], { qos: 1 });
    const calling = await caller(5);
    for (let count = 0; count < 10; count++) {
      expect((await calling.call('specimens/list-specimens', {})).result).toBeDefined();
    }
  });
});
