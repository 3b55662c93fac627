import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureKinds, grpcStatus } from '../../../src/contract/failure-table.js';
import { describe as descriptorOf } from '../../../src/contract/module.js';
import { aSpecimen } from '../../fixtures/specimens/a-specimen.js';
import { CreateSpecimenHandler, WaitForSpecimenHandler } from '../../fixtures/specimens/specimens.handlers.js';
import {
  CreateSpecimen,
  DiscardSpecimen,
  DiscardSpecimenV2,
  EchoSpecimen,
  FailSpecimen,
  FilterSpecimens,
  failureOfKind,
  InspectSpecimen,
  ListSpecimens,
  WaitForSpecimen,
} from '../../fixtures/specimens/specimens.operations.js';
import { codecOf, failureOf, SpecimenGrpc, statusOf } from './specimen-grpc.js';

const id = '01890000-0000-7000-8000-000000000001';
let grpc: SpecimenGrpc;

beforeAll(async () => {
  grpc = await SpecimenGrpc.start();
});

afterAll(() => grpc.stop());

const asUser = async () => ({ authorization: `Bearer ${await grpc.application.token('USER')}` });

describe('an operation over gRPC', () => {
  it('carries a value of every type there and back', async () => {
    expect(await grpc.call(EchoSpecimen, aSpecimen)).toEqual(aSpecimen);
  });

  it('leaves out what is absent and fills in defaults', async () => {
    expect(await grpc.call(FilterSpecimens, { colours: [] })).toEqual({ page: 1, colours: [] });
  });

  it('answers an empty output with an empty message', async () => {
    const { bytes } = await grpc.send(
      descriptorOf(DiscardSpecimen).wire.grpc.path,
      codecOf(DiscardSpecimen).encodeRequest({ id }),
    );
    expect(bytes).toHaveLength(0);
    expect(await grpc.call(DiscardSpecimen, { id })).toBeUndefined();
  });

  it('serves a later version beside the first', async () => {
    expect(descriptorOf(DiscardSpecimenV2).wire.grpc.path).toBe('/specimens.v2.SpecimensService/DiscardSpecimen');
    expect(await grpc.call(DiscardSpecimenV2, { id, reason: 'old' })).toEqual({ id, reason: 'old' });
  });

  it('gives a page its items and its meta', async () => {
    const { made } = grpc.application.get(CreateSpecimenHandler);
    made.splice(0);
    const metadata = await asUser();
    for (const name of ['one', 'two', 'three']) await grpc.call(CreateSpecimen, { name }, { metadata });
    expect(await grpc.call(ListSpecimens, { page: 2, limit: 2 })).toEqual({
      items: [made[2]],
      pageMeta: { page: 2, limit: 2, totalItems: 3, totalPages: 2 },
    });
  });

  it('echoes the request id, or makes one', async () => {
    const path = descriptorOf(FilterSpecimens).wire.grpc.path;
    const request = codecOf(FilterSpecimens).encodeRequest({ colours: [] });
    const named = await grpc.send(path, request, { metadata: { 'x-request-id': 'request-1' } });
    expect(named.initial.get('x-request-id')).toEqual(['request-1']);
    const unnamed = await grpc.send(path, request);
    expect(unnamed.initial.get('x-request-id')[0]).toMatch(/.{20}/);
    const failed = await statusOf(
      grpc.call(FilterSpecimens, { page: 0, colours: [] }, { metadata: { 'x-request-id': 'request-2' } }),
    );
    expect(failed.metadata.get('x-request-id')).toEqual(['request-2']);
  });

  it('does a command once per idempotency key', async () => {
    const metadata = { ...(await asUser()), 'idempotency-key': 'key-1' };
    const first = await grpc.call(CreateSpecimen, { name: 'once' }, { metadata });
    expect(await grpc.call(CreateSpecimen, { name: 'once' }, { metadata })).toEqual(first);
  });

  it('ignores fields that it does not know', async () => {
    const unknownField = Buffer.from([0xfa, 0x01, 0x03, 0x61, 0x62, 0x63]);
    const request = Buffer.concat([codecOf(DiscardSpecimen).encodeRequest({ id }), unknownField]);
    const { bytes } = await grpc.send(descriptorOf(DiscardSpecimen).wire.grpc.path, request);
    expect(bytes).toHaveLength(0);
  });
});

describe('a failure over gRPC', () => {
  it.each(failureKinds)('has the status of its kind and says its code: %s', async (kind) => {
    const error = await statusOf(grpc.call(FailSpecimen, { kind: kind.toUpperCase() }));
    const Declared = failureOfKind.get(kind);
    expect(error.code).toBe(Declared && grpcStatus(new Declared()));
    const passes = kind === 'resource_exhausted' || kind === 'unavailable';
    expect(await failureOf(Promise.reject(error))).toEqual({
      code: `SPECIMEN_${kind.toUpperCase()}`,
      kind,
      detail: `A failure of kind ${kind}`,
      ...(passes && { retryAfterSeconds: 1 }),
    });
  });

  it('reveals nothing of an unexpected error', async () => {
    const error = await statusOf(grpc.call(FailSpecimen, { kind: 'UNEXPECTED' }));
    expect(error.code).toBe(status.INTERNAL);
    expect(JSON.stringify([error.details, error.metadata.toHttp2Headers()])).not.toContain('secret');
    expect((await failureOf(Promise.reject(error))).code).toBe('INTERNAL');
  });

  it('lists every issue of the input by its pointer in wire names', async () => {
    const input = { ...aSpecimen, small: 1, addressLine2: 'x'.repeat(21), places: { 'a/b': { x: 1, y: Number.NaN } } };
    const { code, kind, issues } = await failureOf(grpc.call(EchoSpecimen, input));
    expect({ code, kind }).toEqual({ code: 'INVALID_ARGUMENT', kind: 'invalid_argument' });
    expect(issues?.map(({ path, code }) => ({ path, code }))).toEqual([
      { path: '/places/a~1b/y', code: 'invalid_type' },
      { path: '/address_line2', code: 'too_big' },
    ]);
  });

  it('distinguishes absent fields from zeros', async () => {
    const { issues } = await failureOf(grpc.send(descriptorOf(EchoSpecimen).wire.grpc.path, Buffer.alloc(0)));
    expect(issues?.map(({ path }) => path)).toEqual([
      '/label',
      '/small',
      '/large',
      '/ratio',
      '/flag',
      '/colour',
      '/reference',
      '/happened_at',
      '/price',
      '/target',
    ]);
  });

  it('refuses a missing token and a wrong one', async () => {
    const call = (authorization?: string) =>
      failureOf(grpc.call(CreateSpecimen, { name: 'x' }, authorization ? { metadata: { authorization } } : {}));
    expect((await call()).code).toBe('UNAUTHENTICATED');
    expect((await call('Bearer wrong')).code).toBe('UNAUTHENTICATED');
  });
});

describe('a deadline, or a caller who disconnects', () => {
  it('ends the work at the deadline', async () => {
    const handler = grpc.application.get(WaitForSpecimenHandler);
    const stopped = handler.stopped;
    const failure = await failureOf(grpc.call(WaitForSpecimen, {}, { deadline: Date.now() + 50 }));
    expect(failure.code).toBe('DEADLINE_EXCEEDED');
    await expect.poll(() => handler.stopped).toBe(stopped + 1);
  });

  it('sends DEADLINE_EXCEEDED with details to a client without a deadline of its own', async () => {
    const metadata = { 'grpc-timeout': '50m' };
    const error = await statusOf(grpc.call(WaitForSpecimen, {}, { metadata }));
    expect(error.metadata.get('grpc-status-details-bin')).toHaveLength(1);
    expect((await failureOf(Promise.reject(error))).code).toBe('DEADLINE_EXCEEDED');
  });

  it('aborts the handler when the caller cancels', async () => {
    const handler = grpc.application.get(WaitForSpecimenHandler);
    const stopped = handler.stopped;
    const caller = new AbortController();
    const call = statusOf(grpc.call(WaitForSpecimen, {}, { signal: caller.signal }));
    await expect.poll(() => grpc.application.pipeline.running).toBe(1);
    caller.abort();
    expect((await call).code).toBe(status.CANCELLED);
    await expect.poll(() => handler.stopped).toBe(stopped + 1);
  });
});

describe('an internal operation', () => {
  it('is refused to users and anonymous callers', async () => {
    expect((await failureOf(grpc.call(InspectSpecimen, { id }))).code).toBe('PERMISSION_DENIED');
    expect((await failureOf(grpc.call(InspectSpecimen, { id }, { metadata: await asUser() }))).code).toBe(
      'PERMISSION_DENIED',
    );
    const admin = { authorization: `Bearer ${await grpc.application.token('ADMIN')}` };
    expect((await failureOf(grpc.call(InspectSpecimen, { id }, { metadata: admin }))).code).toBe('PERMISSION_DENIED');
    const forged = { 'x-service-authorization': await grpc.application.token('ADMIN') };
    expect((await failureOf(grpc.call(InspectSpecimen, { id }, { metadata: forged }))).code).toBe('UNAUTHENTICATED');
  });

  it.each(['', 'Bearer '])('is done for a service with a token of its own, written "%s…"', async (scheme) => {
    const metadata = { 'x-service-authorization': `${scheme}${await grpc.application.serviceToken()}` };
    expect(await grpc.call(InspectSpecimen, { id }, { metadata })).toEqual({ id, inspector: 'a service' });
  });
});
