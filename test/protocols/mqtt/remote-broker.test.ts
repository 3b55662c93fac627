import { Logger } from '@nestjs/common';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { MqttServerOptions } from '../../../src/protocols/mqtt/mqtt-server.js';
import { CreateSpecimenHandler } from '../../fixtures/specimens/specimens.handlers.js';
import { eventually } from '../../support/eventually.js';
import { MqttCaller } from './mqtt-caller.js';
import { mqttCalls } from './mqtt-calls.behaviour.js';
import { type SpecimenMqtt, serveSpecimens } from './specimen-mqtt.js';
import { TcpProxy } from './tcp-proxy.js';

const url = process.env.MQTT_URL ?? '';
const versions = [5, 4] as const;

describe.skipIf(url === '')('a broker at MQTT_URL', () => {
  let topicPrefix: string;
  const cleanups: (() => unknown)[] = [];

  const server = async (options: Partial<MqttServerOptions> = {}) => {
    const made = await serveSpecimens({ url, topicPrefix, ...options });
    cleanups.push(() => made.close());
    return made;
  };
  const caller = async (options: IClientOptions = { protocolVersion: 5 }) => {
    const made = await MqttCaller.connect(url, topicPrefix, options);
    cleanups.push(() => made.end());
    return made;
  };
  const cleanUp = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };

  describe.each(versions)('with MQTT version %i', (protocolVersion) => {
    let serving: SpecimenMqtt;
    let calling: MqttCaller;

    beforeAll(async () => {
      topicPrefix = `test-${crypto.randomUUID()}`;
      serving = await server();
      calling = await caller({ protocolVersion });
    });
    afterAll(cleanUp);

    mqttCalls(`MQTT version ${protocolVersion}`, () => ({ server: serving, caller: calling }));
  });

  describe('with MQTT 5', () => {
    let calling: MqttCaller;
    let raw: MqttClient;

    beforeAll(async () => {
      topicPrefix = `test-${crypto.randomUUID()}`;
      await server();
      calling = await caller();
      raw = calling.client;
    });
    afterAll(cleanUp);

    const send = (payload: string, properties: object) => {
      const next = calling.next();
      raw.publish(`${topicPrefix}/rpc/specimens/wait-for-specimen`, payload, {
        properties: { responseTopic: calling.replyTopic, ...properties },
      });
      return next;
    };

    test.each([['{'], [Buffer.from([0xff, 0xfe])], ['\u0000']])(
      'the payload %j is answered as malformed',
      async (payload) => {
        expect((await calling.raw5('specimens/list-specimens', payload)).error).toMatchObject({
          code: -32700,
          data: { code: 'MALFORMED_REQUEST' },
        });
      },
    );

    test('an empty payload stands for no params', async () => {
      expect((await calling.raw5('specimens/list-specimens', '')).result).toBeDefined();
    });

    test('a large payload is refused, one over the packet limit never arrives', async () => {
      const { error } = await calling.raw5('specimens/list-specimens', 'x'.repeat(200_000));
      expect(error).toMatchObject({ data: { code: 'PAYLOAD_TOO_LARGE' } });
      await calling.publish('specimens/list-specimens', 'x'.repeat(500_000));
      expect((await calling.call('specimens/list-specimens', {})).result).toBeDefined();
    });

    test('no size of a request ends the connection of the server', async () => {
      const limit = 4 * 65_536 + 8_192;
      const lost = vi.spyOn(Logger.prototype, 'warn');
      const beside = 9 + `${topicPrefix}/rpc/x/y`.length;
      for (let size = limit - beside - 2; size <= limit - beside + 2; size++)
        await calling.publish('x/y', 'x'.repeat(size));
      expect((await calling.call('specimens/list-specimens', {})).result).toBeDefined();
      expect(lost.mock.calls.flat().filter((line) => String(line).startsWith('MQTT broker'))).toEqual([]);
      lost.mockRestore();
    });

    test('the correlation data come back as they were, and none where there were none', async () => {
      const { packet } = await calling.exchange('specimens/list-specimens', {});
      expect(packet.properties?.correlationData?.toString()).toMatch(/^c-\d+$/);
      await calling.raw5('specimens/list-specimens', '{}');
      expect(calling.received.at(-1)?.packet.properties ?? {}).not.toHaveProperty('correlationData');
    });

    test('the expiry of the message bounds the call', async () => {
      const { error } = await send('{}', { messageExpiryInterval: 1 });
      expect(error).toMatchObject({ data: { code: 'DEADLINE_EXCEEDED' } });
    });

    test('a user property given twice or malformed is taken as absent', async () => {
      const { error } = await send('{}', {
        messageExpiryInterval: 1,
        userProperties: { authorization: ['Bearer a', 'Bearer b'], 'timeout-ms': 'soon', traceparent: 'x' },
      });
      expect(error).toMatchObject({ data: { code: 'DEADLINE_EXCEEDED' } });
    });

    test('an idempotency key given twice is refused', async () => {
      const { error } = await send('{}', { userProperties: { 'idempotency-key': ['a', 'b'] } });
      expect(error).toMatchObject({
        data: { code: 'INVALID_ARGUMENT', errors: [{ path: '/idempotency_key', code: 'invalid_type' }] },
      });
    });

    test('an envelope is taken there as well', async () => {
      const next = calling.next();
      await calling.publish('specimens/list-specimens', JSON.stringify({ reply_to: calling.replyTopic, params: {} }));
      expect((await next).result).toBeDefined();
    });
  });

  describe('', () => {
    afterEach(cleanUp);

    test('shares requests among instances, and leaves them all to those that stay', async () => {
      topicPrefix = `test-${crypto.randomUUID()}`;
      const [first, second] = [await server(), await server()];
      const calling = await caller();
      const authorization = `Bearer ${await first.token('USER')}`;
      const create = () => calling.call('specimens/create-specimen', { name: 'shared' }, { authorization });
      const executions = () => [first, second].map((one) => one.get(CreateSpecimenHandler).executions);
      await Promise.all(Array.from({ length: 20 }, create));
      expect(executions().reduce((sum, count) => sum + count)).toBe(20);
      expect(Math.min(...executions())).toBeGreaterThan(0);
      await first.close();
      const answers = await Promise.all(Array.from({ length: 10 }, create));
      expect(answers.every(({ result }) => result !== undefined)).toBe(true);
    });

    test('is found again after the connection was lost', async () => {
      topicPrefix = `test-${crypto.randomUUID()}`;
      const proxy = new TcpProxy(new URL(url));
      cleanups.push(() => proxy.close());
      await server({ url: await proxy.listen() });
      const calling = await caller();
      expect((await calling.call('specimens/list-specimens', {})).result).toBeDefined();
      proxy.cut();
      const lost = calling.call('specimens/list-specimens', {});
      proxy.restore();
      await eventually(() => answeredSoon(calling));
      void lost;
    });

    test('may come later than the server', async () => {
      topicPrefix = `test-${crypto.randomUUID()}`;
      const proxy = new TcpProxy(new URL(url));
      cleanups.push(() => proxy.close());
      const at = await proxy.listen();
      proxy.cut();
      const serving = await server({ url: at });
      await expect(serving.mqtt.broker.ready()).rejects.toThrow('MQTT broker mqtt://127.0.0.1');
      const calling = await caller();
      proxy.restore();
      await eventually(() => answeredSoon(calling));
    });

    test('that vanishes does not keep the server from stopping', async () => {
      topicPrefix = `test-${crypto.randomUUID()}`;
      const proxy = new TcpProxy(new URL(url));
      cleanups.push(() => proxy.close());
      const serving = await server({ url: await proxy.listen() });
      proxy.cut();
      await serving.close();
    });

    test('holds back what is beyond the calls at once', async () => {
      topicPrefix = `test-${crypto.randomUUID()}`;
      await server({ maxConcurrentCalls: 2 });
      const calling = await caller();
      const slow = [1, 2].map(() => calling.call('specimens/wait-for-specimen', {}, { timeout_ms: 100 }));
      const others = Array.from({ length: 50 }, () => calling.call('specimens/list-specimens', {}));
      await Promise.race([...slow, ...others]);
      expect(calling.received[0]?.answer.error?.data.code).toBe('DEADLINE_EXCEEDED');
      await Promise.all([...slow, ...others]);
    });

    test('does not get the requests of another product', async () => {
      topicPrefix = `test-${crypto.randomUUID()}`;
      await server();
      const other = await connectAsync(url, { protocolVersion: 5 });
      cleanups.push(() => other.endAsync(true));
      await other.publishAsync(`other-${topicPrefix}/rpc/specimens/list-specimens`, '{}', { qos: 1 });
      expect((await (await caller()).call('specimens/list-specimens', {})).result).toBeDefined();
    });
  });
});

/** Throws if an answer takes a fifth of a second: a request without a subscriber is lost. */
async function answeredSoon(calling: MqttCaller): Promise<void> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('no answer')), 200);
  });
  await Promise.race([calling.call('specimens/list-specimens', {}), late]);
}

describe('a broker that closes every connection', () => {
  test('is logged once', async () => {
    const wire = new TcpProxy(new URL('mqtt://127.0.0.1:1883'));
    const closing = await wire.listen();
    wire.cut();
    const warned = vi.spyOn(Logger.prototype, 'warn');
    const { mqtt, close } = await serveSpecimens({ url: closing });
    await eventually(() => expect(wire.accepted).toBeGreaterThan(2));
    const warning = `MQTT broker ${closing}: the connection was lost`;
    expect(warned.mock.calls.flat().filter((line) => String(line).startsWith('MQTT broker'))).toEqual([warning]);
    await expect(mqtt.broker.ready()).rejects.toThrow(warning);
    await close();
    wire.close();
    warned.mockRestore();
  });
});
