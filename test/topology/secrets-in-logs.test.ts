import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { type Client } from '../../src/client/client.js';
import { type Protocol, protocols } from '../../src/contract/operation.js';
import { Login, Logout, RefreshSession, Register } from '../../src/modules/auth/contract/index.js';
import { CreateUser, GetMe, UpdateUser } from '../../src/modules/users/contract/index.js';
import { frame, rawCall } from '../protocols/grpc/raw-call.js';
import { MqttCaller } from '../protocols/mqtt/mqtt-caller.js';
import { createClient } from '../support/create-client.js';
import { type SplitTarget, startSplit } from '../support/split.js';

/** Gateway and services that log all they can, grpc-js included. */
let target: SplitTarget;
const services = ['api-gateway', 'user-service', 'auth-service'];

/** Never to be found in a line. */
const secret = `hidden${crypto.randomUUID().replaceAll('-', '')}`;
const secrets = new Set([secret]);
const spellings = [secret, `Bearer ${secret}`, `${secret}é`, `Bearer ${secret}\u00a0`];

beforeAll(async () => {
  target = await startSplit({ LOG_LEVEL: 'trace', GRPC_TRACE: 'all', GRPC_VERBOSITY: 'DEBUG' });
});

afterAll(() => target.stop());

function clientOf(protocol: Protocol, token?: string): Client {
  const { http, grpc = '', mqtt = '' } = target.addresses;
  const url = { rest: http, graphql: http, grpc, websocket: http, mqtt }[protocol];
  return createClient({ protocol, url, mqttTopicPrefix: target.topicPrefix, ...(token !== undefined && { token }) });
}

/** Whatever it comes to. */
const settled = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined);

/** Bytes that may be no HTTP, until the connection is closed. */
async function sendHttp(text: string): Promise<void> {
  const { hostname, port } = new URL(target.addresses.http);
  const socket = connect(Number(port), hostname, () => socket.end(text, 'latin1'));
  socket.on('error', () => undefined);
  socket.resume();
  await once(socket, 'close');
}

async function sendMetadata(address: string, path: string, value: string): Promise<void> {
  const names = ['authorization', 'idempotency-key', 'x-service-authorization', 'x-forwarded-by', 'traceparent'];
  const others = ['x-any!', 'x-any-bin', 'cookie', 'accept-language', 'grpc-encoding', 'user-agent'];
  const headers = [...names, ...others].map((name) => [name, value] as const);
  await rawCall({ address, path, body: frame(Buffer.from(secret)), headers });
  await rawCall({ address, path, body: frame(Buffer.from(secret), 1), headers: [['grpc-timeout', value]] });
}

describe('no credential and no header is logged', () => {
  test.each(protocols)('of calls over %s that succeed and that fail', async (protocol) => {
    const email = `${crypto.randomUUID()}@example.com`;
    const anyone = clientOf(protocol);
    const registered = await anyone.execute(new Register({ email, password: `${secret} ${protocol}`, name: 'Ada' }));
    await settled(anyone.execute(new Login({ email, password: secret })));
    const { token, refreshToken } = await anyone.execute(new RefreshSession(registered));
    for (const given of [registered.token, registered.refreshToken, token, refreshToken]) secrets.add(given);
    const member = clientOf(protocol, token);
    const keyed = { idempotencyKey: secret, traceparent: secret };
    await member.execute(new UpdateUser({ id: registered.user.id, name: 'Grace', clear: [] }), keyed);
    await settled(member.execute(new CreateUser({ email, name: 'Grace' }), keyed));
    const others = [clientOf(protocol, `${token}x`), clientOf(protocol, secret)];
    for (const other of others) await settled(other.execute(new GetMe()));
    await member.execute(new Logout());
    await settled(member.execute(new GetMe()));
    await Promise.all([anyone, member, ...others].map((client) => client.close()));
  });

  test.each([
    '/users.v1.UsersService/GetMe',
    '/auth.v1.AuthService/Login',
    '/nothing/There',
    '/grpc.health.v1.Health/Check',
  ])('of metadata for %s that is no gRPC', async (path) => {
    const addresses = [target.addresses.grpc ?? '', ...Object.values(target.grpc)];
    for (const address of addresses) for (const value of spellings) await sendMetadata(address, path, value);
  });

  test('of headers and URLs that are no HTTP', async () => {
    const lines = ['GET /users/me', `GET /users/%zz?token=${secret}`, `GET /${secret}`, `GET /graphql?query=${secret}`];
    for (const value of [...spellings, `${secret}\u0001`]) {
      for (const name of [
        'authorization',
        'idempotency-key',
        'cookie',
        'x-request-id',
        'origin',
        'content-type',
        'host',
      ]) {
        for (const line of lines) await sendHttp(`${line} HTTP/1.1\r\n${name}: ${value}\r\nconnection: close\r\n\r\n`);
      }
    }
    await sendHttp(`${secret} / HTTP/1.1\r\n\r\n`);
  });

  test('of bodies that are no input', async () => {
    const login = `{"query":"mutation { login(email: \\"a@b.cc\\", password: \\"${secret}\\") { token nothing } }"}`;
    for (const body of [`{"password":"${secret}"`, `{"password":"${secret}","${secret}":1}`, login]) {
      for (const path of ['/auth/login', '/graphql']) {
        const headers = { 'content-type': 'application/json' };
        await (await fetch(`${target.addresses.http}${path}`, { method: 'POST', body, headers })).text();
      }
    }
  });

  test('of a WebSocket', async () => {
    const socket = new WebSocket(`${target.addresses.http.replace('http', 'ws')}/ws?token=${secret}`, [
      'jsonrpc.mstv.v1',
      `bearer.${secret}`,
    ]);
    await once(socket, 'open');
    const meta = `{"_meta":{"idempotency_key":"${secret}","${secret}":1}}`;
    for (const [method, params] of [
      ['rpc.authenticate', `{"token":"${secret}"}`],
      ['users.updateUser', meta],
      [secret, '{}'],
    ]) {
      socket.send(`{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}`);
      await once(socket, 'message');
    }
    socket.send(`{"${secret}`);
    await once(socket, 'message');
    socket.terminate();
  });

  test('of an MQTT client', async () => {
    const { mqtt = '' } = target.addresses;
    const caller = await MqttCaller.connect(mqtt, target.topicPrefix, { username: secret, password: secret });
    const fields = { authorization: `Bearer ${secret}`, idempotency_key: secret };
    await caller.call('users/update-user', { [secret]: secret }, fields);
    await caller.client.publishAsync(`${target.topicPrefix}/rpc/users/get-me`, `{"${secret}`, { qos: 1 });
    await caller.client.endAsync();
  });

  test('of all of them', async () => {
    await target.stop();
    const lines = services.flatMap((service) => target.process(service).output);
    expect(lines.some((line) => line.includes('received headers'))).toBe(true);
    const holds = (line: string) => [...secrets].some((text) => line.includes(text));
    expect(lines.filter(holds)).toEqual([]);
  });
});
