import { once } from 'node:events';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describe as descriptorOf } from '../../../src/contract/module.js';
import { CreateSpecimenHandler } from '../../fixtures/specimens/specimens.handlers.js';
import { CreateSpecimen, FilterSpecimens, InspectSpecimen } from '../../fixtures/specimens/specimens.operations.js';
import { failureIn, frame, type RawAnswer, type RawCall, rawCall } from './raw-call.js';
import { codecOf, SpecimenGrpc } from './specimen-grpc.js';

type Headers = NonNullable<RawCall['headers']>;

const nonBreakingSpace = '\u00a0';
const healthCheck = '/grpc.health.v1.Health/Check';

let grpc: SpecimenGrpc;
const logged: unknown[] = [];

beforeAll(async () => {
  grpc = await SpecimenGrpc.start();
  const log = (...line: unknown[]) => logged.push(...line);
  Logger.overrideLogger({ log, error: log, warn: log, debug: log });
});

afterAll(async () => {
  Logger.overrideLogger(false);
  await grpc.stop();
});

beforeEach(() => {
  logged.length = 0;
  grpc.application.get(CreateSpecimenHandler).made.length = 0;
});

const made = () => grpc.application.get(CreateSpecimenHandler).made.length;

function send(message: typeof CreateSpecimen | typeof FilterSpecimens | typeof InspectSpecimen, headers: Headers) {
  const inputs = new Map<unknown, object>([
    [CreateSpecimen, { name: 'one' }],
    [FilterSpecimens, { colours: [] }],
    [InspectSpecimen, { id: crypto.randomUUID() }],
  ]);
  const body = frame(codecOf(message).encodeRequest(inputs.get(message)));
  return rawCall({ address: grpc.address, path: descriptorOf(message).wire.grpc.path, body, headers });
}

const statusIn = ({ headers }: RawAnswer) => Number(headers['grpc-status']);

describe('a deadline', () => {
  it.each(['2147484S', '2592000S', '43200M', '720H', '99999999S', '99999999H'])(
    'that lies weeks ahead does not end the call: %s',
    async (timeout) => {
      expect(statusIn(await send(FilterSpecimens, [['grpc-timeout', timeout]]))).toBe(status.OK);
    },
  );

  it('that lies weeks ahead does not end a call of the health service', async () => {
    const headers: Headers = [['grpc-timeout', '2592000S']];
    const answer = await rawCall({ address: grpc.address, path: healthCheck, body: frame(Buffer.alloc(0)), headers });
    expect(statusIn(answer)).toBe(status.OK);
  });

  it('of no time at all has passed', async () => {
    const answer = await send(FilterSpecimens, [['grpc-timeout', '0S']]);
    expect(failureIn(answer)?.code).toBe('DEADLINE_EXCEEDED');
  });

  it.each(['-1S', '100000000S', '1.5S', '5', 'S', ' 5S', '5 S', '5Sx', '5s', ''])(
    'that is none is malformed: "%s"',
    async (timeout) => {
      expect(failureIn(await send(FilterSpecimens, [['grpc-timeout', timeout]]))?.code).toBe('MALFORMED_REQUEST');
    },
  );

  it('given twice is malformed', async () => {
    const twice: Headers = [
      ['grpc-timeout', '5S'],
      ['grpc-timeout', '6S'],
    ];
    expect(failureIn(await send(FilterSpecimens, twice))?.code).toBe('MALFORMED_REQUEST');
  });
});

describe('a token', () => {
  it.each([nonBreakingSpace, 'é', '\u007f'])(
    'with a byte that no token has is refused and not logged',
    async (byte) => {
      const token = await grpc.application.token('USER');
      for (const scheme of ['Bearer', 'bearer']) {
        const answer = await send(CreateSpecimen, [['authorization', `${scheme} ${token}${byte}`]]);
        expect(failureIn(answer)?.code).toBe('UNAUTHENTICATED');
      }
      expect(made()).toBe(0);
      expect(logged).toEqual([]);
    },
  );

  it('given twice is refused, whichever holds', async () => {
    const good: Headers[number] = ['authorization', `Bearer ${await grpc.application.token('USER')}`];
    const other: Headers[number] = ['authorization', `Bearer ${await grpc.application.token('USER')}`];
    const bad: Headers[number] = ['authorization', 'Bearer wrong'];
    for (const headers of [
      [good, bad],
      [bad, good],
      [good, other],
      [good, good],
    ]) {
      expect(failureIn(await send(CreateSpecimen, headers))?.code).toBe('UNAUTHENTICATED');
    }
    expect(made()).toBe(0);
    expect(statusIn(await send(CreateSpecimen, [good]))).toBe(status.OK);
  });

  it('given twice is ignored by what is open to anyone', async () => {
    const token = `Bearer ${await grpc.application.token('USER')}`;
    const headers: Headers = [
      ['authorization', token],
      ['authorization', token],
    ];
    expect(statusIn(await send(FilterSpecimens, headers))).toBe(status.OK);
  });

  it('of a service is refused when it has a byte that no token has, or is given twice', async () => {
    const token = await grpc.application.serviceToken();
    const name = 'x-service-authorization';
    const tries: Headers[] = [
      [[name, `${token}é`]],
      [
        [name, token],
        [name, token],
      ],
      [['x-forwarded-by', `${token}é`]],
    ];
    for (const headers of tries) {
      expect(failureIn(await send(InspectSpecimen, headers))?.code).toBe('UNAUTHENTICATED');
    }
    expect(logged).toEqual([]);
  });
});

describe('an idempotency key', () => {
  const withKeys = async (...keys: string[]) => {
    const token: Headers[number] = ['authorization', `Bearer ${await grpc.application.token('USER')}`];
    return send(CreateSpecimen, [token, ...keys.map((key) => ['idempotency-key', key] as const)]);
  };

  it.each(['clé', '', `${'k'.repeat(255)}é`, 'k'.repeat(256), `k${nonBreakingSpace}`])(
    'that is unusable is refused, the command not done and the key not logged: "%s"',
    async (key) => {
      expect(failureIn(await withKeys(key))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        detail: 'An idempotency key has 1 to 255 printable ASCII characters',
      });
      expect(made()).toBe(0);
      expect(logged).toEqual([]);
    },
  );

  it('given twice is refused by its path', async () => {
    for (const keys of [
      ['a', 'b'],
      ['a', 'a'],
      ['', 'a'],
    ]) {
      expect(failureIn(await withKeys(...keys))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        issues: [{ path: '/idempotency_key', code: 'invalid_type' }],
      });
    }
    expect(made()).toBe(0);
  });

  it('is the same one with spaces around it, as over HTTP/1.1', async () => {
    const token: Headers[number] = ['authorization', ` Bearer ${await grpc.application.token('USER')} `];
    for (const key of ['spaced', ' spaced', 'spaced \t']) {
      const answer = await send(CreateSpecimen, [token, ['idempotency-key', key]]);
      expect(statusIn(answer)).toBe(status.OK);
    }
    expect(made()).toBe(1);
  });

  it('may hold a comma', async () => {
    expect(statusIn(await withKeys('a, b'))).toBe(status.OK);
  });
});

it('no value of an answer that is not ASCII is logged either', async () => {
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.respond({ 'grpc-status': '0', 'content-type': 'application/grpc', 'x-any': 'sécret' }, { endStream: true });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const same = (bytes: Buffer) => bytes;
  await new Promise((resolve) => client.makeUnaryRequest('/a/B', same, same, Buffer.alloc(0), resolve));
  client.close();
  server.close();
  expect(logged[0]).toBe('Failed to add metadata entry x-any: the value is not printable ASCII');
});

describe('any other metadata', () => {
  it.each<[string, Headers]>([
    ['a byte that is not ASCII', [['x-secret', 'sécret']]],
    ['a name that gRPC does not know', [['x-secret!', 'secret']]],
    [
      'two values',
      [
        ['x-secret', 'secret'],
        ['x-secret', 'secret'],
      ],
    ],
    ['a binary value that is not base64', [['x-secret-bin', 'sécret\u00ff']]],
    ['binary values, joined', [['x-secret-bin', 'AAE,AAI']]],
    ['a request id that is none', [['x-request-id', 'sécret']]],
    ['a trace that is none', [['traceparent', 'sécret']]],
    ['a language that is none', [['accept-language', 'sécret']]],
    ['a compression that is none', [['grpc-encoding', 'sécret']]],
    ['compressions that are none', [['grpc-accept-encoding', 'sécret']]],
  ])('is left out of the log: %s', async (_, headers) => {
    expect(statusIn(await send(FilterSpecimens, headers))).toBe(status.OK);
    const check = { address: grpc.address, path: healthCheck, body: frame(Buffer.alloc(0)), headers };
    expect(statusIn(await rawCall(check))).toBe(status.OK);
    expect(logged).toEqual([]);
  });
});

it('metadata of more entries than HTTP/2 takes here is refused', async () => {
  const metadata = new Metadata();
  for (let entry = 0; entry < 2_500; entry++) metadata.set(`x-${entry}`, '');
  const client = new Client(grpc.address, credentials.createInsecure());
  const { promise: code, resolve } = Promise.withResolvers<status | undefined>();
  const same = (bytes: Buffer) => bytes;
  client.makeUnaryRequest(healthCheck, same, same, Buffer.alloc(0), metadata, (error) => resolve(error?.code));
  expect(await code).toBe(status.RESOURCE_EXHAUSTED);
  client.close();
});
