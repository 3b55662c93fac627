import { once } from 'node:events';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type SpecimenTarget, startSpecimens } from '../support/specimen-target.js';

const mark = '\ufeff';
const filtered = { page: 4, colours: [] };
const query = '{ filterSpecimens(page: 4) { page } }';

let target: SpecimenTarget;

beforeAll(async () => {
  target = await startSpecimens();
});

afterAll(() => target.stop());

const post = (path: string, body: string) =>
  fetch(target.addresses.http + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

async function openSocket(path: string, protocol: string): Promise<WebSocket> {
  const socket = new WebSocket(target.addresses.http.replace('http', 'ws') + path, protocol);
  await once(socket, 'open');
  return socket;
}

async function ask(socket: WebSocket, text: string): Promise<unknown> {
  socket.send(text);
  const [data] = await once(socket, 'message');
  return JSON.parse(String(data));
}

/** Some editors and runtimes begin UTF-8 with it; RFC 8259 lets a reader ignore it. */
describe('a byte order mark before JSON is ignored', () => {
  test('over REST', async () => {
    const response = await post('/specimens/fail', `${mark}{"kind":"NOT_FOUND"}`);
    expect(await response.json()).toMatchObject({ code: 'SPECIMEN_NOT_FOUND' });
  });

  test('over REST with nothing behind it, which is an empty body', async () => {
    const [marked, empty] = await Promise.all([post('/specimens/fail', mark), post('/specimens/fail', '')]);
    expect(await marked.json()).toMatchObject({ code: 'INVALID_ARGUMENT', errors: [{ path: '/kind' }] });
    expect(empty.status).toBe(marked.status);
  });

  test('over GraphQL', async () => {
    const response = await post('/graphql', mark + JSON.stringify({ query }));
    expect(await response.json()).toEqual({ data: { filterSpecimens: { page: 4 } } });
  });

  test('over GraphQL in the variables of a query string', async () => {
    const search = new URLSearchParams({
      query: 'query ($page: Int) { filterSpecimens(page: $page) { page } }',
      variables: `${mark}{"page":4}`,
    });
    const response = await fetch(`${target.addresses.http}/graphql?${search}`, {
      headers: { 'apollo-require-preflight': 'true' },
    });
    expect(await response.json()).toEqual({ data: { filterSpecimens: { page: 4 } } });
  });

  test('over GraphQL on a WebSocket', async () => {
    const socket = await openSocket('/graphql', 'graphql-transport-ws');
    expect(await ask(socket, `${mark}{"type":"connection_init"}`)).toEqual({ type: 'connection_ack' });
    const subscribe = { id: 'one', type: 'subscribe', payload: { query } };
    expect(await ask(socket, mark + JSON.stringify(subscribe))).toMatchObject({
      payload: { data: { filterSpecimens: { page: 4 } } },
    });
    socket.terminate();
  });

  test('over WebSocket, before one request and before a batch', async () => {
    const socket = await openSocket('/ws', 'jsonrpc.mstv.v1');
    const request = { jsonrpc: '2.0', id: 1, method: 'specimens.filterSpecimens', params: { page: 4 } };
    const response = { jsonrpc: '2.0', id: 1, result: filtered };
    expect(await ask(socket, mark + JSON.stringify(request))).toEqual(response);
    expect(await ask(socket, mark + JSON.stringify([request]))).toEqual([response]);
    socket.terminate();
  });

  test('but not two of them', async () => {
    const socket = await openSocket('/ws', 'jsonrpc.mstv.v1');
    expect(await ask(socket, `${mark}${mark}{}`)).toMatchObject({ error: { code: -32700 } });
    socket.terminate();
  });

  test.each(process.env.MQTT_URL ? [4, 5] : [4])('over MQTT version %i', async (protocolVersion) => {
    const { addresses, topicPrefix } = target;
    const clientId = `marked-${crypto.randomUUID()}`;
    const client = await connectAsync(addresses.mqtt ?? '', { clientId, protocolVersion: protocolVersion as 4 | 5 });
    const replyTo = `${topicPrefix}/clients/${clientId}/replies`;
    await client.subscribeAsync(replyTo);
    const answered = new Promise<string>((resolve) => {
      client.once('message', (_topic, payload) => resolve(payload.toString()));
    });
    const params = { page: 4 };
    const envelope = { reply_to: replyTo, params };
    await client.publishAsync(
      `${topicPrefix}/rpc/specimens/filter-specimens`,
      mark + JSON.stringify(protocolVersion === 5 ? params : envelope),
      protocolVersion === 5 ? { properties: { responseTopic: replyTo } } : {},
    );
    expect(JSON.parse(await answered)).toEqual({ result: filtered });
    await client.endAsync(true);
  });
});
