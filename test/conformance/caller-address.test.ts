import { once } from 'node:events';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { MemoryRateLimiter } from '../../src/platform/cache/memory-rate-limiter.js';
import { decodeFailure } from '../../src/protocols/grpc/status-details.js';
import type { SpecimenOptions } from '../support/specimen-application.js';
import { type SpecimenTarget, startSpecimens } from '../support/specimen-target.js';

type Headers = Readonly<Record<string, string>>;

/** The code of a failure; undefined for an answer. */
type Ask = (target: SpecimenTarget, headers: Headers) => Promise<string | undefined>;

const query = '{ filterSpecimens(page: 1) { page } }';
const same = (bytes: Buffer): Buffer => bytes;

async function askSocket(url: string, headers: Headers, protocol: string, messages: readonly object[]) {
  const socket = new WebSocket(url.replace('http', 'ws'), protocol, { headers });
  await once(socket, 'open');
  let answer: unknown;
  for (const message of messages) {
    socket.send(JSON.stringify(message));
    answer = JSON.parse(String((await once(socket, 'message'))[0]));
  }
  socket.terminate();
  return answer as { error?: { data: { code: string } }; payload?: { errors?: { extensions: { code: string } }[] } };
}

const protocols: Readonly<Record<string, Ask>> = {
  REST: async ({ addresses }, headers) => {
    const response = await fetch(`${addresses.http}/specimens/filter`, { headers });
    return ((await response.json()) as { code?: string }).code;
  },
  'GraphQL over HTTP': async ({ addresses }, headers) => {
    const response = await fetch(`${addresses.http}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
    const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    return errors?.[0]?.extensions.code;
  },
  'GraphQL over WebSocket': async ({ addresses }, headers) => {
    const subscribe = { id: '1', type: 'subscribe', payload: { query } };
    const messages = [{ type: 'connection_init' }, subscribe];
    const answer = await askSocket(`${addresses.http}/graphql`, headers, 'graphql-transport-ws', messages);
    return answer.payload?.errors?.[0]?.extensions.code;
  },
  WebSocket: async ({ addresses }, headers) => {
    const call = { jsonrpc: '2.0', id: 1, method: 'specimens.filterSpecimens' };
    const answer = await askSocket(`${addresses.http}/ws`, headers, 'jsonrpc.mstv.v1', [call]);
    return answer.error?.data.code;
  },
  gRPC: async ({ addresses }, headers) => {
    const client = new Client(addresses.grpc ?? '', credentials.createInsecure());
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    const path = '/specimens.v1.SpecimensService/FilterSpecimens';
    const failure = await new Promise<ServiceError | null>((resolve) => {
      client.makeUnaryRequest(path, same, same, Buffer.alloc(0), metadata, resolve);
    });
    client.close();
    return failure ? decodeFailure(failure).code : undefined;
  },
};

const rate = { quota: 2, windowSeconds: 600 };
const plenty = { quota: 1_000, windowSeconds: 1 };

function start(trustedProxies: readonly string[]): Promise<SpecimenTarget> {
  const options: SpecimenOptions = {
    rateLimiter: new MemoryRateLimiter(),
    pipeline: { limits: { enabled: true, address: rate, caller: plenty, operations: {} } },
    http: { trustedProxies },
  };
  return startSpecimens(options);
}

let behindProxy: SpecimenTarget;

beforeAll(async () => {
  behindProxy = await start(['127.0.0.1']);
});

afterAll(() => behindProxy.stop());

let hosts = 0;
const aHost = () => `203.0.113.${++hosts}`;

describe.each(Object.entries(protocols))('callers behind a trusted proxy, over %s', (_, ask) => {
  const codes = async (...headers: readonly Headers[]) => {
    const answers: (string | undefined)[] = [];
    for (const each of headers) answers.push(await ask(behindProxy, each));
    return answers;
  };

  test('are one whatever port they come from, and apart by address', async () => {
    const [one, other] = [aHost(), aHost()];
    const via = (address: string) => ({ 'x-forwarded-for': address });
    expect(await codes(via(`${one}:1024`), via(`${one}:1025`), via(one), via(other))).toEqual([
      undefined,
      undefined,
      'RATE_LIMITED',
      undefined,
    ]);
  });

  test('are one in one /64 of IPv6, by Forwarded', async () => {
    const network = `2001:db8:0:${++hosts}`;
    const via = (address: string) => ({ forwarded: `for="[${address}]:1024"` });
    expect(
      await codes(via(`${network}::1`), via(`${network}::2`), via(`${network}:a::3`), via(`2001:db8:1:${hosts}::1`)),
    ).toEqual([undefined, undefined, 'RATE_LIMITED', undefined]);
  });
});

test('callers are the same in every protocol', async () => {
  const headers = { 'x-forwarded-for': aHost() };
  const answers: (string | undefined)[] = [];
  for (const ask of Object.values(protocols)) answers.push(await ask(behindProxy, headers));
  expect(answers).toEqual([undefined, undefined, 'RATE_LIMITED', 'RATE_LIMITED', 'RATE_LIMITED']);
});

test.each(Object.entries(protocols))('nobody but a trusted proxy is believed, over %s', async (_, ask) => {
  const target = await start([]);
  const answers: (string | undefined)[] = [];
  for (const host of [aHost(), aHost(), aHost()]) {
    answers.push(await ask(target, { 'x-forwarded-for': host, forwarded: `for=${host}` }));
  }
  expect(answers).toEqual([undefined, undefined, 'RATE_LIMITED']);
  await target.stop();
});
