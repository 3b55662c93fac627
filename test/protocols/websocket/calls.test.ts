import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureKinds } from '../../../src/contract/failure-table.js';
import { CreateSpecimenHandler } from '../../fixtures/specimens/specimens.handlers.js';
import type { JsonRpcClient, JsonRpcResponse } from './json-rpc-client.js';
import { echoParams, type SpecimenWebSocket, serveSpecimens } from './specimen-websocket.js';

const id = '01890000-0000-7000-8000-000000000001';
const codes: Record<string, number> = {
  invalid_argument: -32602,
  unauthenticated: -32001,
  permission_denied: -32003,
  not_found: -32004,
  already_exists: -32009,
  failed_precondition: -32010,
  aborted: -32011,
  resource_exhausted: -32029,
  cancelled: -32099,
  unimplemented: -32601,
  unavailable: -32053,
  deadline_exceeded: -32054,
  internal: -32603,
};

let server: SpecimenWebSocket;
let client: JsonRpcClient;

beforeAll(async () => {
  server = await serveSpecimens();
  client = await server.connect({ headers: { authorization: `Bearer ${await server.token('USER')}` } });
});
afterAll(() => server.close());

describe('a call', () => {
  test('gives back a value of every type unchanged', async () => {
    expect(
      await client.exchange({ jsonrpc: '2.0', id: 'e', method: 'specimens.echoSpecimen', params: echoParams }),
    ).toEqual({
      jsonrpc: '2.0',
      id: 'e',
      result: echoParams,
    });
  });

  test('takes absent params as an empty object and fills in defaults', async () => {
    const { result } = await client.exchange({ jsonrpc: '2.0', id: 1, method: 'specimens.filterSpecimens' });
    expect(result).toEqual({ page: 1, colours: [] });
  });

  test('answers {} where the operation has no output', async () => {
    expect((await client.call('specimens.discardSpecimen', { id })).result).toEqual({});
  });

  test('reaches a later version by its own name', async () => {
    expect((await client.call('specimens.discardSpecimen.v2', { id, reason: 'old' })).result).toEqual({
      id,
      reason: 'old',
    });
  });

  test.each([['text'], [''], [0], [-1.5], [null]])('with id %j is answered with that id', async (requestId) => {
    const response = await client.exchange({ jsonrpc: '2.0', id: requestId, method: 'specimens.listSpecimens' });
    expect(response.id).toBe(requestId);
    expect(response).toHaveProperty('result');
  });

  test.each([['9007199254740993'], ['-12345678901234567890'], ['0.1234567890123456789'], ['-1.5']])(
    'with the numeric id %s is answered with exactly that id',
    async (written) => {
      const answer = (text: string) => {
        client.send(text);
        return once(client.socket, 'message').then(([data]) => {
          void client.read();
          return String(data);
        });
      };
      const request = (id: string, method = 'specimens.echoSpecimen') =>
        `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":{"id":9007199254740995}}`;
      expect(await answer(request(written))).toContain(`"id":${written},"error"`);
      expect(await answer(request(written, 'specimens.listSpecimens'))).toContain(`"id":${written},`);
      expect(await answer(`{"jsonrpc":"1.0","id":${written}}`)).toContain(`"id":${written},"error"`);
      const batch = await answer(`[${request(written)},${request('"text"')},7,${request('2')}]`);
      for (const id of [written, '"text"', 'null', '2']) expect(batch).toContain(`"id":${id},"error"`);
    },
  );

  test.each(failureKinds.map((kind) => [kind]))('that fails as %s has the code of that kind', async (kind) => {
    const { error } = await client.call('specimens.failSpecimen', { kind: kind.toUpperCase() });
    expect(error).toMatchObject({
      code: codes[kind],
      message: `A failure of kind ${kind}`,
      data: { code: `SPECIMEN_${kind.toUpperCase()}` },
    });
  });

  test('that fails unexpectedly returns its trace id and nothing of the error', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { error } = await client.call('specimens.failSpecimen', { kind: 'UNEXPECTED', _meta: { traceparent } });
    expect(error).toEqual({
      code: -32603,
      message: 'Something went wrong on our side',
      data: { code: 'INTERNAL', trace_id: '0af7651916cd43dd8448eb211c80319c' },
    });
  });

  test('lists every issue by its path in wire names', async () => {
    const { error } = await client.call('specimens.echoSpecimen', {
      ...echoParams,
      happened_at: 'now',
      path: [{ x: 'a', y: 1 }],
      hapened: 1,
    });
    expect(error).toMatchObject({ code: -32602, data: { code: 'INVALID_ARGUMENT' } });
    const issues = error?.data.errors as { path: string; code: string }[];
    expect(issues.map(({ path, code }) => `${path} ${code}`).sort()).toEqual([
      '/hapened unrecognized_keys',
      '/happened_at invalid_format',
      '/path/0/x invalid_type',
    ]);
  });

  test.each([[[1]], [null], ['text'], [7]])('with params %j is refused as invalid', async (params) => {
    const { error } = await client.call('specimens.listSpecimens', params);
    expect(error).toMatchObject({
      code: -32602,
      data: { code: 'INVALID_ARGUMENT', errors: [{ path: '', code: 'invalid_type' }] },
    });
  });

  test.each([
    ['nothing.atAll'],
    [''],
    ['__proto__'],
    ['constructor'],
    ['rpc.subscribe'],
    ['specimens.inspectSpecimen'],
  ])('of the unknown or internal method "%s" is unimplemented', async (method) => {
    expect((await client.call(method, {})).error).toEqual({
      code: -32601,
      message: 'There is no such operation',
      data: { code: 'UNIMPLEMENTED' },
    });
  });
});

describe('_meta', () => {
  test('is no part of the input', async () => {
    const { result } = await client.call('specimens.discardSpecimen.v2', { id, _meta: { request_id: 'r-1' } });
    expect(result).toEqual({ id });
  });

  test.each([0, -1, 1.5, 'soon', null])(
    'is made anew where a member that protects nothing is malformed: %j',
    async (timeout_ms) => {
      const _meta = { timeout_ms, traceparent: [], request_id: {} };
      expect((await client.call('specimens.discardSpecimen', { id, _meta })).result).toEqual({});
    },
  );

  test.each([
    [null, '/_meta', 'invalid_type'],
    [5, '/_meta', 'invalid_type'],
    ['text', '/_meta', 'invalid_type'],
    [[], '/_meta', 'invalid_type'],
    [{ foo: 1 }, '/_meta/foo', 'unrecognized_keys'],
    [{ idempotencyKey: 'k' }, '/_meta/idempotencyKey', 'unrecognized_keys'],
    [{ idempotency_key: 5 }, '/_meta/idempotency_key', 'invalid_type'],
    [{ idempotency_key: null }, '/_meta/idempotency_key', 'invalid_type'],
  ])('of %j is refused and nothing is executed', async (_meta, path, code) => {
    const handler = server.get(CreateSpecimenHandler);
    const before = handler.executions;
    const { error } = await client.call('specimens.createSpecimen', { name: 'unprotected', _meta });
    expect(error).toMatchObject({ code: -32602, data: { code: 'INVALID_ARGUMENT', errors: [{ path, code }] } });
    expect(handler.executions).toBe(before);
  });

  test('is judged together with the input, and by rpc.authenticate as well', async () => {
    const { error } = await client.call('specimens.createSpecimen', { nam: 'x', _meta: { foo: 1 } });
    const issues = error?.data.errors as { path: string }[];
    expect(issues.map(({ path }) => path).sort()).toEqual(['/_meta/foo', '/nam', '/name']);
    const token = await server.token('USER');
    expect((await client.call('rpc.authenticate', { token, _meta: 5 })).error).toMatchObject({
      code: -32602,
      data: { code: 'INVALID_ARGUMENT', errors: [{ path: '/_meta' }] },
    });
  });

  test('bounds how long the caller waits', async () => {
    const { error } = await client.call('specimens.waitForSpecimen', { _meta: { timeout_ms: 20 } });
    expect(error).toMatchObject({ code: -32054, data: { code: 'DEADLINE_EXCEEDED' } });
  });

  test('replays a command with the same idempotency key', async () => {
    const params = { name: 'once', _meta: { idempotency_key: 'websocket-1' } };
    const first = await client.call('specimens.createSpecimen', params);
    const second = await client.call('specimens.createSpecimen', params);
    expect(second.result).toEqual(first.result);
    const other = await client.call('specimens.createSpecimen', { ...params, name: 'another' });
    expect(other.error).toMatchObject({ code: -32602, data: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });
});

describe('a notification', () => {
  test('is executed and answered by nothing', async () => {
    const handler = server.get(CreateSpecimenHandler);
    const before = handler.executions;
    client.notify('specimens.createSpecimen', { name: 'silent' });
    client.notify('specimens.createSpecimen', { nonsense: true });
    client.notify('nothing.atAll');
    const { result } = await client.exchange({
      jsonrpc: '2.0',
      id: 'after',
      method: 'specimens.createSpecimen',
      params: { name: 'loud' },
    });
    expect(result).toMatchObject({ name: 'loud' });
    expect(handler.executions).toBe(before + 2);
  });
});

describe('a batch', () => {
  const discard = (requestId: unknown) => ({
    jsonrpc: '2.0',
    id: requestId,
    method: 'specimens.discardSpecimen',
    params: { id },
  });

  test('is answered as one, in any order, notifications left out', async () => {
    const { id: _, ...notification } = discard(0);
    const responses = await client.exchange<JsonRpcResponse[]>([
      discard(1),
      notification,
      { jsonrpc: '2.0', id: 2, method: 'nothing.atAll' },
      5,
      [discard(3)],
      discard('4'),
    ]);
    expect(responses).toHaveLength(5);
    const answers = Object.fromEntries(
      responses.map(({ id: answered, error }) => [String(answered), error?.code ?? 'result']),
    );
    expect(answers).toEqual({ '1': 'result', '2': -32601, '4': 'result', null: -32600 });
  });

  test('of notifications alone is answered by nothing', async () => {
    const { id: _, ...notification } = discard(0);
    client.send([notification, notification]);
    expect(await client.exchange(discard('after'))).toMatchObject({ id: 'after', result: {} });
  });

  test.each([
    ['no requests', []],
    ['more requests than allowed', Array.from({ length: 101 }, (_, index) => discard(index))],
  ])('with %s is one error', async (_, batch) => {
    expect(await client.exchange(batch)).toMatchObject({
      id: null,
      error: { code: -32600, data: { code: 'MALFORMED_REQUEST' } },
    });
  });
});
