import { once } from 'node:events';
import { Client, type ClientReadableStream, credentials, type ServiceError, status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { healthProto } from '../../../src/protocols/grpc/health-service.js';
import { decodeFailure } from '../../../src/protocols/grpc/status-details.js';
import { failureOf, SpecimenGrpc, statusOf } from './specimen-grpc.js';

const { root } = protobuf.parse(healthProto, new protobuf.Root());
const Request = root.lookupType('grpc.health.v1.HealthCheckRequest');
const Response = root.lookupType('grpc.health.v1.HealthCheckResponse');
const ListResponse = root.lookupType('grpc.health.v1.HealthListResponse');

const same = (bytes: Buffer): Buffer => bytes;
const requestFor = (service: string) => Request.encode(Request.fromObject({ service })).finish() as Buffer;
const statusIn = (bytes: Uint8Array) =>
  Response.toObject(Response.decode(bytes), { enums: String, defaults: true }).status as string;

let grpc: SpecimenGrpc;
beforeEach(async () => {
  grpc = await SpecimenGrpc.start();
});
afterEach(() => grpc.stop());

const check = async (service: string) =>
  statusIn((await grpc.send('/grpc.health.v1.Health/Check', requestFor(service))).bytes);

const watch = (service: string): ClientReadableStream<Buffer> =>
  grpc.client.makeServerStreamRequest('/grpc.health.v1.Health/Watch', same, same, requestFor(service));

describe('grpc.health.v1.Health', () => {
  it('reports the status of the process and of each public service', async () => {
    expect(await check('')).toBe('SERVING');
    expect(await check('specimens.v1.SpecimensService')).toBe('SERVING');
    grpc.server.health.setServing(false);
    expect(await check('')).toBe('NOT_SERVING');
    expect(await check('specimens.v2.SpecimensService')).toBe('NOT_SERVING');
    grpc.server.health.setServing(true);
    expect(await check('')).toBe('SERVING');
  });

  it('reports other services, internal ones included, as unknown', async () => {
    for (const service of ['nothing', 'specimens.internal.v1.SpecimensInternalService']) {
      expect((await statusOf(check(service))).code).toBe(status.NOT_FOUND);
    }
  });

  it('lists the services', async () => {
    const { bytes } = await grpc.send('/grpc.health.v1.Health/List', Buffer.alloc(0));
    expect(Object.keys(ListResponse.toObject(ListResponse.decode(bytes)).statuses)).toEqual([
      '',
      'specimens.v1.SpecimensService',
      'specimens.v2.SpecimensService',
    ]);
  });

  it('sends watchers every change and ends their streams when it closes', async () => {
    const stream = watch('');
    const statuses: string[] = [];
    stream.on('data', (bytes: Buffer) => statuses.push(statusIn(bytes)));
    await once(stream, 'data');
    grpc.server.health.setServing(false);
    await once(stream, 'data');
    grpc.server.health.setServing(true);
    await once(stream, 'data');
    const ended = once(stream, 'end');
    await grpc.server.close();
    await ended;
    expect(statuses).toEqual(['SERVING', 'NOT_SERVING', 'SERVING', 'NOT_SERVING']);
  });

  it('sends a watcher SERVICE_UNKNOWN for an unknown service', async () => {
    const stream = watch('nothing');
    stream.on('error', () => {});
    const [bytes] = (await once(stream, 'data')) as [Buffer];
    expect(statusIn(bytes)).toBe('SERVICE_UNKNOWN');
    stream.cancel();
  });

  it('drops watchers that disconnect', async () => {
    const others = Array.from({ length: 20 }, () => new Client(grpc.address, credentials.createInsecure()));
    const streams = others.map((client) =>
      client.makeServerStreamRequest('/grpc.health.v1.Health/Watch', same, same, requestFor('')),
    );
    for (const stream of streams) stream.on('error', () => {});
    await Promise.all(streams.map((stream) => once(stream, 'data')));
    expect(grpc.server.health.watchers.size).toBe(20);
    for (const stream of streams) stream.cancel();
    await expect.poll(() => grpc.server.health.watchers.size).toBe(0);
    for (const client of others) client.close();
  });

  it.each([[Buffer.from([0xff])], [Buffer.from([0xff, 0xff])]])(
    'refuses bytes that are no request as malformed: %j',
    async (bytes) => {
      const malformed = { code: 'MALFORMED_REQUEST', kind: 'invalid_argument' };
      expect(await failureOf(grpc.send('/grpc.health.v1.Health/Check', bytes))).toMatchObject(malformed);
      const stream = grpc.client.makeServerStreamRequest('/grpc.health.v1.Health/Watch', same, same, bytes).resume();
      const [error] = (await once(stream, 'error')) as [ServiceError];
      expect(decodeFailure(error)).toMatchObject(malformed);
      expect(grpc.server.health.watchers.size).toBe(0);
      expect(await check('')).toBe('SERVING');
    },
  );
});
