import { describe, expect, test } from 'vitest';
import { failureKinds } from '../../../src/contract/failure-table.js';
import { CreateSpecimenHandler } from '../../fixtures/specimens/specimens.handlers.js';
import { eventually } from '../../support/eventually.js';
import type { SpecimenApplication } from '../../support/specimen-application.js';
import { echoParams } from '../websocket/specimen-websocket.js';
import type { MqttCaller } from './mqtt-caller.js';

const id = '01890000-0000-7000-8000-000000000001';

/** What a caller may count on, whatever the broker and the version of MQTT. */
export function mqttCalls(name: string, get: () => { server: SpecimenApplication; caller: MqttCaller }): void {
  describe(`a call over ${name}`, () => {
    test('gives back a value of every type unchanged', async () => {
      expect((await get().caller.call('specimens/echo-specimen', echoParams)).result).toEqual(echoParams);
    });

    test('answers {} where the operation has no output', async () => {
      expect((await get().caller.call('specimens/discard-specimen', { id })).result).toEqual({});
    });

    test('reaches a later version by its own topic', async () => {
      expect((await get().caller.call('specimens/discard-specimen/v2', { id })).result).toEqual({ id });
    });

    test('is answered at least once', async () => {
      const { packet } = await get().caller.exchange('specimens/list-specimens', {});
      expect(packet).toMatchObject({ qos: 1, retain: false });
    });

    test('carries a token', async () => {
      const { server, caller } = get();
      const params = { name: 'any' };
      expect((await caller.call('specimens/create-specimen', params)).error).toMatchObject({
        code: -32001,
        data: { code: 'UNAUTHENTICATED' },
      });
      const authorization = `Bearer ${await server.token('USER')}`;
      expect((await caller.call('specimens/create-specimen', params, { authorization })).result).toMatchObject(params);
    });

    test('with an idempotency key is executed once', async () => {
      const { server, caller } = get();
      const fields = { authorization: `Bearer ${await server.token('USER')}`, idempotency_key: `key ${name}` };
      const before = server.get(CreateSpecimenHandler).executions;
      const first = await caller.call('specimens/create-specimen', { name: 'once' }, fields);
      const second = await caller.call('specimens/create-specimen', { name: 'once' }, fields);
      expect(second.result).toEqual(first.result);
      expect(server.get(CreateSpecimenHandler).executions).toBe(before + 1);
    });

    test('ends with its deadline', async () => {
      const { error } = await get().caller.call('specimens/wait-for-specimen', {}, { timeout_ms: 30 });
      expect(error).toMatchObject({ code: -32054, data: { code: 'DEADLINE_EXCEEDED' } });
    });

    test.each([0, -1, 1.5])('takes a deadline that is none as absent: %j', async (timeout_ms) => {
      const { result } = await get().caller.call('specimens/filter-specimens', {}, { timeout_ms });
      expect(result).toMatchObject({ page: 1 });
    });

    test('continues its trace and reveals nothing of an unexpected error', async () => {
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      const { error } = await get().caller.call('specimens/fail-specimen', { kind: 'UNEXPECTED' }, { traceparent });
      expect(error).toEqual({
        code: -32603,
        message: 'Something went wrong on our side',
        data: { code: 'INTERNAL', trace_id: '0af7651916cd43dd8448eb211c80319c' },
      });
    });

    test.each(failureKinds.map((kind) => [kind]))('answers with a failure of kind %s', async (kind) => {
      const { error } = await get().caller.call('specimens/fail-specimen', { kind: kind.toUpperCase() });
      expect(error?.data.code).toBe(`SPECIMEN_${kind.toUpperCase()}`);
    });

    test('lists every issue by its path in wire names', async () => {
      const { error } = await get().caller.call('specimens/discard-specimen/v2', { id: 'x', reson: 1 });
      const issues = error?.data.errors as { path: string }[];
      expect(issues.map(({ path }) => path).sort()).toEqual(['/id', '/reson']);
    });

    test.each([[[1]], [null], ['text'], [7]])('with params %j is refused as invalid', async (params) => {
      const { error } = await get().caller.call('specimens/list-specimens', params);
      expect(error).toMatchObject({ code: -32602, data: { code: 'INVALID_ARGUMENT', errors: [{ path: '' }] } });
    });

    test.each([['nothing/at-all'], ['specimens'], ['specimens/inspect-specimen'], ['__proto__']])(
      'on the unknown or internal topic %s is unimplemented',
      async (topic) => {
        expect((await get().caller.call(topic, {})).error).toMatchObject({
          code: -32601,
          data: { code: 'UNIMPLEMENTED' },
        });
      },
    );

    test('over the payload limit is refused', async () => {
      const { error } = await get().caller.call('specimens/list-specimens', { q: 'x'.repeat(70_000) });
      expect(error).toMatchObject({ code: -32602, data: { code: 'PAYLOAD_TOO_LARGE' } });
    });

    test('whose envelope has an unknown or mistyped member is malformed', async () => {
      const { caller } = get();
      for (const odd of [{ param: {} }, { correlation_id: {} }]) {
        const next = caller.next();
        await caller.publish('specimens/list-specimens', JSON.stringify({ reply_to: caller.replyTopic, ...odd }));
        expect((await next).error).toMatchObject({ code: -32600, data: { code: 'MALFORMED_REQUEST' } });
      }
    });

    test.each([[5], [null], [['a', 'b']]])('whose envelope has the idempotency key %j is refused', async (key) => {
      const { server, caller } = get();
      const before = server.get(CreateSpecimenHandler).executions;
      const next = caller.next();
      const envelope = {
        reply_to: caller.replyTopic,
        authorization: `Bearer ${await server.token('USER')}`,
        idempotency_key: key,
        params: { name: 'unprotected' },
      };
      await caller.publish('specimens/create-specimen', JSON.stringify(envelope));
      expect((await next).error).toMatchObject({
        code: -32602,
        data: { code: 'INVALID_ARGUMENT', errors: [{ path: '/idempotency_key', code: 'invalid_type' }] },
      });
      expect(server.get(CreateSpecimenHandler).executions).toBe(before);
    });

    test.each([['9007199254740993'], ['-12345678901234567890'], ['-1.5']])(
      'with the numeric correlation id %s is answered with exactly that',
      async (written) => {
        const { caller } = get();
        for (const rest of ['"params":{}', '"nonsense":1']) {
          const replied = caller.nextPayload();
          const envelope = `{"reply_to":"${caller.replyTopic}","correlation_id":${written},${rest}}`;
          await caller.publish('specimens/list-specimens', envelope);
          expect(await replied).toContain(`{"correlation_id":${written},"`);
        }
      },
    );

    test('without a topic for replies is executed and not answered', async () => {
      const { server, caller } = get();
      const { made } = server.get(CreateSpecimenHandler);
      const before = caller.received.length;
      const authorization = `Bearer ${await server.token('USER')}`;
      const specimen = `noted ${crypto.randomUUID().slice(0, 8)}`;
      await caller.publish('specimens/create-specimen', JSON.stringify({ authorization, params: { name: specimen } }));
      await eventually(() => expect(made.map((one) => one.name)).toContain(specimen));
      await caller.call('specimens/list-specimens', {});
      expect(caller.received).toHaveLength(before + 1);
    });

    test('that is retained is dropped', async () => {
      const { caller } = get();
      const topic = `specimens/retained-${crypto.randomUUID()}`;
      const before = caller.received.length;
      const reply_to = `${caller.prefix}/clients/${caller.id}/retained`;
      await caller.publish(topic, JSON.stringify({ reply_to, params: {} }), { retain: true });
      await caller.call('specimens/list-specimens', {});
      expect(caller.received).toHaveLength(before + 1);
      await caller.publish(topic, '', { retain: true });
    });

    test.each([
      ['of another place', () => 'elsewhere/replies'],
      ['with a wildcard', (caller: MqttCaller) => `${caller.prefix}/clients/${caller.id}/+`],
      ['with a control character', (caller: MqttCaller) => `${caller.prefix}/clients/${caller.id}/\u0001`],
      ['with a lone surrogate', (caller: MqttCaller) => `${caller.prefix}/clients/${caller.id}/\ud800`],
      ['of too many levels', (caller: MqttCaller) => `${caller.prefix}/clients/${caller.id}${'/x'.repeat(120)}`],
      ['without a level of its own', (caller: MqttCaller) => `${caller.prefix}/clients/${caller.id}`],
      ['that is no text', () => ({}) as unknown as string],
    ])('with a reply topic %s is dropped, and the server goes on', async (_, replyTo) => {
      const { caller } = get();
      const before = caller.received.length;
      await caller.publish('specimens/list-specimens', JSON.stringify({ reply_to: replyTo(caller), params: {} }));
      expect((await caller.call('specimens/list-specimens', {})).result).toBeDefined();
      expect(caller.received).toHaveLength(before + 1);
    });

    test.each<[string, string | Buffer]>([
      ['nothing', ''],
      ['half an object', '{'],
      ['a NUL', '\u0000'],
      ['no UTF-8', Buffer.from([0xff, 0xfe])],
      ['a deep array', '['.repeat(60_000)],
      ['an array', '[1]'],
      ['null', 'null'],
      ['a number', '7'],
    ])('of %s without anybody to answer disturbs nobody', async (_, payload) => {
      const { caller } = get();
      await caller.publish('specimens/list-specimens', payload);
      expect((await caller.call('specimens/list-specimens', {})).result).toBeDefined();
    });

    test('sent twice by the protocol, at QoS 2, is executed once', async () => {
      const { server, caller } = get();
      const before = server.get(CreateSpecimenHandler).executions;
      const authorization = `Bearer ${await server.token('USER')}`;
      const next = caller.next();
      const envelope = { reply_to: caller.replyTopic, authorization, params: { name: 'exactly' } };
      await caller.publish('specimens/create-specimen', JSON.stringify(envelope), { qos: 2 });
      expect((await next).result).toMatchObject({ name: 'exactly' });
      expect(server.get(CreateSpecimenHandler).executions).toBe(before + 1);
    });

    test('among many at once is answered by its own reply', async () => {
      const { caller } = get();
      const pages = Array.from({ length: 300 }, (_, index) => index + 1);
      const answers = await Promise.all(
        pages.map((page) => caller.call('specimens/filter-specimens', { page, colours: [] })),
      );
      expect(answers.map(({ result }) => (result as { page: number }).page)).toEqual(pages);
    });
  });
}
