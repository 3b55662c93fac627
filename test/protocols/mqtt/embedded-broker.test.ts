import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { QueryHandler } from '@nestjs/cqrs';
import { connectAsync, type IClientOptions } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { anyone } from '../../../src/contract/access.js';
import { module } from '../../../src/contract/module.js';
import { type Handles, query } from '../../../src/contract/operation.js';
import type { MqttServerOptions } from '../../../src/protocols/mqtt/mqtt-server.js';
import { CreateSpecimenHandler, WaitForSpecimenHandler } from '../../fixtures/specimens/specimens.handlers.js';
import { eventually } from '../../support/eventually.js';
import { type MqttAnswer, MqttCaller } from './mqtt-caller.js';
import { mqttCalls } from './mqtt-calls.behaviour.js';
import { type SpecimenMqtt, serveSpecimens } from './specimen-mqtt.js';

const connectPacket = (id: string, { clean = true } = {}) => {
  const variable = Buffer.from([0, 4, 77, 81, 84, 84, 4, clean ? 2 : 0, 0, 60, 0, id.length, ...Buffer.from(id)]);
  return Buffer.from([0x10, variable.length, ...variable]);
};

let server: SpecimenMqtt;
const callers: MqttCaller[] = [];

async function serve(options: Partial<MqttServerOptions> = {}): Promise<void> {
  server = await serveSpecimens(options);
}

const port = () => Number(new URL(server.url).port);

async function call(options: IClientOptions = {}): Promise<MqttCaller> {
  const caller = await MqttCaller.connect(server.url, 'mstv', options);
  callers.push(caller);
  return caller;
}

async function stop(): Promise<void> {
  await Promise.all(callers.splice(0).map((caller) => caller.end()));
  await server.close();
}

describe('the embedded broker', () => {
  let shared: MqttCaller;

  beforeAll(async () => {
    await serve();
    shared = await call();
  });
  afterAll(stop);

  mqttCalls('MQTT 3.1.1 and the embedded broker', () => ({ server, caller: shared }));

  test('gives the correlation id back as it came, and none where there was none', async () => {
    const next = shared.next();
    await shared.publish(
      'specimens/list-specimens',
      JSON.stringify({ reply_to: shared.replyTopic, correlation_id: 7, params: {} }),
    );
    expect((await next).correlation_id).toBe(7);
    const another = shared.next();
    await shared.publish('specimens/list-specimens', JSON.stringify({ reply_to: shared.replyTopic }));
    expect(await another).not.toHaveProperty('correlation_id');
  });

  test('refuses MQTT 5', async () => {
    await expect(connectAsync(server.url, { protocolVersion: 5, reconnectPeriod: 0 })).rejects.toThrow(
      'Unacceptable protocol version',
    );
  });

  test.each([['a/b'], ['a+'], ['#']])('refuses the client id %s', async (clientId) => {
    await expect(connectAsync(server.url, { clientId, reconnectPeriod: 0 })).rejects.toThrow('Identifier rejected');
  });

  test.each([
    ['#'],
    ['+/clients/#'],
    ['mstv/#'],
    ['mstv/rpc/#'],
    ['mstv/clients/+/replies'],
    ['mstv/clients/another/#'],
    ['$SYS/#'],
    ['$share/group/mstv/rpc/#'],
    ['$dropped'],
  ])('lets nobody subscribe to %s', async (filter) => {
    const { client } = await call();
    await expect(client.subscribeAsync(filter, { qos: 1 })).rejects.toThrow();
  });

  test('drops what is published to the reply topic of another client, and keeps the sender', async () => {
    const victim = await call();
    const attacker = await call();
    await attacker.client.publishAsync(victim.replyTopic, '{"result":"forged"}', { qos: 1 });
    await attacker.client.publishAsync('$SYS/any', 'x', { qos: 1 });
    expect((await attacker.call('specimens/list-specimens', {})).result).toBeDefined();
    expect((await victim.call('specimens/list-specimens', {})).result).toBeDefined();
    expect(victim.received).toHaveLength(1);
  });

  test('drops a request whose reply would go to another client', async () => {
    const victim = await call();
    const attacker = await call();
    const { executions } = server.get(CreateSpecimenHandler);
    const authorization = `Bearer ${await server.token('USER')}`;
    const envelope = { reply_to: victim.replyTopic, authorization, params: { name: 'foreign' } };
    await attacker.publish('specimens/create-specimen', JSON.stringify(envelope));
    expect((await attacker.call('specimens/list-specimens', {})).result).toBeDefined();
    expect(server.get(CreateSpecimenHandler).executions).toBe(executions);
    expect(victim.received).toHaveLength(0);
  });

  test('has no will reach the reply topic of another client', async () => {
    const victim = await call();
    const envelope = JSON.stringify({ reply_to: victim.replyTopic, params: {} });
    const wills = [
      [victim.replyTopic, '{"result":"forged"}'],
      ['mstv/rpc/specimens/list-specimens', envelope],
      [`mstv/rpc/specimens/list-specimens/from/${victim.id}`, envelope],
      ['mstv/rpc/+/#', envelope],
    ] as const;
    for (const [topic, payload] of wills) {
      const attacker = await call({ will: { topic, payload: Buffer.from(payload), qos: 1, retain: true } });
      attacker.client.stream.destroy();
    }
    expect((await (await call()).call('specimens/list-specimens', {})).result).toBeDefined();
    expect((await victim.call('specimens/list-specimens', {})).result).toBeDefined();
    expect(victim.received).toHaveLength(1);
  });

  test('carries out a request that is the will of a client, once its connection is lost', async () => {
    const authorization = `Bearer ${await server.token('USER')}`;
    const { executions } = server.get(CreateSpecimenHandler);
    const payload = Buffer.from(JSON.stringify({ authorization, params: { name: 'last' } }));
    const leaving = await call({
      will: { topic: 'mstv/rpc/specimens/create-specimen', payload, qos: 1, retain: false },
    });
    leaving.client.stream.destroy();
    await eventually(() => expect(server.get(CreateSpecimenHandler).executions).toBe(executions + 1));
  });

  test('answers a request that names its sender, and drops one that names another', async () => {
    const victim = await call();
    const caller = await call();
    caller.namesItself = true;
    expect((await caller.call('specimens/list-specimens', {})).result).toBeDefined();
    expect((await caller.call('specimens/discard-specimen/v2', { id: crypto.randomUUID() })).result).toBeDefined();
    const envelope = JSON.stringify({ reply_to: caller.replyTopic, params: {} });
    await caller.client.publishAsync(`mstv/rpc/specimens/list-specimens/from/${victim.id}`, envelope, { qos: 1 });
    await caller.call('specimens/list-specimens', {});
    expect(caller.received).toHaveLength(3);
  });

  test('cancels the calls of a client that disconnects, except those without a reply topic', async () => {
    const waiting = server.get(WaitForSpecimenHandler);
    const { stopped } = waiting;
    const leaving = await call();
    void leaving.exchange('specimens/wait-for-specimen', {});
    await leaving.publish('specimens/wait-for-specimen', JSON.stringify({ params: {} }));
    await eventually(() => expect(waiting.waiting).toBe(2));
    await leaving.end();
    await eventually(() => expect(waiting.stopped).toBeGreaterThan(stopped));
    expect([waiting.stopped, server.pipeline.running]).toEqual([stopped + 1, 1]);
    waiting.release();
  });

  test('sends a reply to the requesting connection, not to one that took over its client id', async () => {
    const waiting = server.get(WaitForSpecimenHandler);
    const stopped = waiting.stopped;
    const first = await call({ clientId: 'taken' });
    void first.exchange('specimens/wait-for-specimen', {}, { timeout_ms: 300 });
    await first.call('specimens/list-specimens', {});
    const closed = first.gone();
    const second = await call({ clientId: 'taken' });
    await closed;
    await eventually(() => expect(waiting.stopped).toBe(stopped + 1));
    expect((await second.call('specimens/list-specimens', {})).result).toBeDefined();
    expect(second.received).toHaveLength(1);
  });

  test.each([
    ['mstv/clients/reader/a', true],
    ['mstv/clients/reader/+', true],
    ['mstv/clients/reader/#', true],
    ['mstv/clients/reader/a/#', true],
    ['mstv/clients/reader/b', false],
    ['mstv/clients/reader/+/b', false],
    ['mstv/clients/reader/a/b', false],
  ])('sends a reply to who subscribed to %s: %s', async (filter, isSent) => {
    const reader = await connectAsync(server.url, { clientId: 'reader', reconnectPeriod: 0 });
    const seen: string[] = [];
    reader.on('message', (topic) => seen.push(topic));
    await reader.subscribeAsync([filter, 'mstv/clients/reader/last'], { qos: 1 });
    const last = new Promise<void>((resolve) => {
      reader.on('message', (topic) => topic.endsWith('last') && resolve());
    });
    for (const level of ['a', 'last']) {
      const envelope = { reply_to: `mstv/clients/reader/${level}`, params: {} };
      await reader.publishAsync('mstv/rpc/specimens/list-specimens', JSON.stringify(envelope), { qos: 1 });
    }
    await last;
    expect(seen.includes('mstv/clients/reader/a')).toBe(isSent);
    await reader.endAsync();
  });

  test('sends nothing more to a topic that was unsubscribed from', async () => {
    const caller = await call();
    await caller.client.subscribeAsync(caller.replyTopic);
    await caller.client.unsubscribeAsync(`mstv/clients/${caller.id}/#`);
    await caller.call('specimens/list-specimens', {});
    await caller.client.subscribeAsync(`mstv/clients/${caller.id}/after`);
    await caller.client.unsubscribeAsync(caller.replyTopic);
    const next = caller.next();
    for (const topic of [caller.replyTopic, `mstv/clients/${caller.id}/after`]) {
      await caller.publish('specimens/list-specimens', JSON.stringify({ reply_to: topic, params: {} }));
    }
    await next;
    expect(caller.received).toHaveLength(2);
  });

  test('bounds the subscriptions of a client', async () => {
    const { client, id } = await call();
    const filters = Array.from({ length: 19 }, (_, index) => `mstv/clients/${id}/${index}`);
    await client.subscribeAsync(filters);
    await expect(client.subscribeAsync(`mstv/clients/${id}/another`)).rejects.toThrow();
  });

  test('keeps no session, even if the client requests one', async () => {
    const client = await connectAsync(server.url, { clientId: 'returning', clean: false, reconnectPeriod: 0 });
    await client.subscribeAsync('mstv/clients/returning/#', { qos: 1 });
    await client.endAsync();
    const socket = connectTcp(port(), '127.0.0.1');
    const answered = once(socket, 'data');
    socket.write(connectPacket('returning', { clean: false }));
    const [connack] = (await answered) as [Buffer];
    expect([...connack]).toEqual([0x20, 2, 0, 0]);
    socket.destroy();
  });

  test.each([
    ['a packet over the limit', Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f])],
    ['a length that is none', Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff])],
    ['a packet before CONNECT', Buffer.from([0xc0, 0x00])],
    ['no MQTT at all', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('drops a connection that sends %s', async (_, bytes) => {
    const socket = connectTcp(port(), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    const closed = once(socket, 'close');
    socket.write(bytes);
    await closed;
    expect((await shared.call('specimens/list-specimens', {})).result).toBeDefined();
  });

  test('reads packets that come byte by byte', async () => {
    const socket = connectTcp(port(), '127.0.0.1');
    socket.setNoDelay(true);
    const answered = once(socket, 'data');
    for (const byte of connectPacket('slow')) {
      await new Promise((resolve) => {
        socket.write(Buffer.from([byte]), resolve);
      });
    }
    const [connack] = (await answered) as [Buffer];
    expect([...connack]).toEqual([0x20, 2, 0, 0]);
    socket.destroy();
  });
});

describe('an embedded broker of its own', () => {
  afterEach(stop);

  test('drops a client that reads nothing, and others notice nothing', async () => {
    await serve({ drainTimeoutMs: 300, maxBufferedBytes: 200_000 });
    const frozen = await call();
    const lively = await call();
    const gone = frozen.gone();
    frozen.client.stream.pause();
    const envelope = { reply_to: frozen.replyTopic, correlation_id: 'x'.repeat(60_000), params: {} };
    const payload = JSON.stringify(envelope);
    const flood = setInterval(() => frozen.client.publish('mstv/rpc/specimens/list-specimens', payload, { qos: 0 }), 0);
    const answers: MqttAnswer[] = [];
    const ask = async (): Promise<void> => {
      answers.push(await lively.call('specimens/list-specimens', {}));
      if (frozen.client.connected) await ask();
    };
    await Promise.all([gone, ask()]).finally(() => clearInterval(flood));
    expect(answers.every(({ result }) => result !== undefined)).toBe(true);
  });

  test('bounds the calls at once: further requests wait and are answered', async () => {
    await serve({ maxConcurrentCalls: 2 });
    const caller = await call();
    const slow = [1, 2].map(() => caller.call('specimens/wait-for-specimen', {}, { timeout_ms: 100 }));
    const others = Array.from({ length: 50 }, () => caller.call('specimens/list-specimens', {}));
    await Promise.race([...slow, ...others]);
    expect(caller.received[0]?.answer.error?.data.code).toBe('DEADLINE_EXCEEDED');
    await Promise.all([...slow, ...others]);
  });

  test('bounds the connections', async () => {
    await serve({ maxConnections: 1 });
    const caller = await call();
    const refused = connectTcp(port(), '127.0.0.1');
    refused.on('error', () => undefined);
    refused.resume();
    await once(refused, 'close');
    expect((await caller.call('specimens/list-specimens', {})).result).toBeDefined();
  });

  test('finishes the calls it has when it stops, and refuses others', async () => {
    await serve();
    const caller = await call();
    const handler = server.get(WaitForSpecimenHandler);
    const running = caller.call('specimens/wait-for-specimen', {});
    await eventually(() => expect(handler.waiting).toBe(1));
    const gone = caller.gone();
    const closing = server.close();
    await eventually(async () => {
      const { error } = await caller.call('specimens/list-specimens', {});
      expect(error).toMatchObject({ code: -32053, data: { code: 'SERVICE_UNAVAILABLE', retry_after: 1 } });
    });
    handler.release();
    expect((await running).result).toEqual({ waited: true });
    await gone;
    await closing;
  });

  test('says so when its port is taken', async () => {
    await serve();
    const taken = port();
    await expect(serveSpecimens({ port: taken })).rejects.toThrow(
      `cannot listen on 127.0.0.1:${taken} (the port is taken); set MQTT_PORT`,
    );
  });

  test('answers at the quality of service of the operation', async () => {
    class Ping extends query({ input: z.object({}), output: z.void(), access: anyone, rest: 'GET /ping', qos: 0 }) {}
    @QueryHandler(Ping)
    class PingHandler implements Handles<Ping> {
      async execute() {}
    }
    server = await serveSpecimens({}, { modules: [module('pings', { Ping })], handlers: [PingHandler] });
    const caller = await call();
    expect((await caller.exchange('pings/ping', {})).packet.qos).toBe(0);
  });

  test('takes another topic prefix', async () => {
    await serve({ topicPrefix: 'other' });
    const caller = await MqttCaller.connect(server.url, 'other');
    callers.push(caller);
    expect((await caller.call('specimens/list-specimens', {})).result).toBeDefined();
  });
});
