import { once } from 'node:events';
import { constants, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  Cancelled,
  DeadlineExceeded,
  Internal,
  InvalidArgument,
  PermissionDenied,
  ServiceUnavailable,
  Unauthenticated,
} from '../../../src/contract/built-in-failures.js';
import type { Failure } from '../../../src/contract/failure.js';
import { describe as descriptorOf } from '../../../src/contract/module.js';
import { TokenIssuer } from '../../../src/platform/security/token-issuer.js';
import { loadTokenKeys } from '../../../src/platform/security/token-keys.js';
import { Bus } from '../../../src/ports/bus.js';
import { Revocations } from '../../../src/ports/revocations.js';
import { UnitOfWork } from '../../../src/ports/unit-of-work.js';
import { aSpecimen } from '../../fixtures/specimens/a-specimen.js';
import {
  CreateSpecimen,
  DiscardSpecimen,
  EchoSpecimen,
  FailSpecimen,
  failureOfKind,
  InspectSpecimen,
  ListSpecimens,
  WaitForSpecimen,
} from '../../fixtures/specimens/specimens.operations.js';
import { eventually } from '../../support/eventually.js';
import { Lines } from '../discovery/lines.js';
import { RemoteSpecimens } from './remote-specimens.js';

let remote: RemoteSpecimens;

beforeAll(async () => {
  remote = await RemoteSpecimens.start();
});

afterAll(() => remote.stop());

const failureOf = (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => expect.unreachable('it succeeded'),
    (failure: Failure) => failure,
  );

const ownerIsIdle = () => eventually(() => expect(remote.owner.pipeline.running).toBe(0));
const ownerIsBusy = () => eventually(() => expect(remote.owner.pipeline.running).toBe(1));

describe('an operation whose handler is in another process', () => {
  test('takes and gives values of every type', async () => {
    expect(await remote.execute(EchoSpecimen, aSpecimen)).toEqual(aSpecimen);
  });

  test('may have an empty output', async () => {
    expect(await remote.execute(DiscardSpecimen, { id: crypto.randomUUID() })).toBeUndefined();
  });

  test.each([...failureOfKind])('fails with the class it was thrown as: %s', async (kind, declared) => {
    const failure = await failureOf(remote.execute(FailSpecimen, { kind: kind.toUpperCase() }));
    expect(failure).toBeInstanceOf(declared);
    expect([failure.code, failure.kind, failure.title]).toEqual([declared.code, declared.kind, declared.title]);
  });

  test('reveals nothing of an unexpected error', async () => {
    const failure = await failureOf(remote.execute(FailSpecimen, { kind: 'UNEXPECTED' }));
    expect([failure, failure.message]).toEqual([expect.any(Internal), Internal.title]);
  });

  test('is refused at the edge when its input is not valid', async () => {
    expect(await failureOf(remote.execute(ListSpecimens, { page: 0 }))).toBeInstanceOf(InvalidArgument);
  });

  test('runs once for one idempotency key', async () => {
    const authorization = `Bearer ${await remote.edge.token('USER')}`;
    const create = () =>
      remote.execute(
        CreateSpecimen,
        { name: 'once' },
        remote.begin(CreateSpecimen, { authorization, idempotencyKey: 'one' }),
      );
    expect(await create()).toEqual(await create());
  });

  test('stops when its caller goes away', async () => {
    const call = remote.begin(WaitForSpecimen);
    const answer = failureOf(remote.execute(WaitForSpecimen, {}, call));
    await ownerIsBusy();
    remote.edge.pipeline.cancel(call);
    expect(await answer).toBeInstanceOf(Cancelled);
    await ownerIsIdle();
  });

  test('stops at the deadline of its caller', async () => {
    const answer = remote.execute(WaitForSpecimen, {}, remote.begin(WaitForSpecimen, { timeoutMs: 200 }));
    expect(await failureOf(answer)).toBeInstanceOf(DeadlineExceeded);
    await ownerIsIdle();
  });
});

describe('the bus of a process without the handler', () => {
  test('reaches internal operations as a service', async () => {
    const inspect = new InspectSpecimen({ id: crypto.randomUUID() });
    expect(await remote.edge.get(Bus).asService.execute(inspect)).toMatchObject({ id: inspect.input.id });
    expect(await failureOf(remote.edge.get(Bus).execute(inspect))).toBeInstanceOf(PermissionDenied);
  });

  test('throws inside a unit of work', async () => {
    const inside = remote.edge.get(UnitOfWork).run(() => remote.edge.get(Bus).execute(new ListSpecimens()));
    await expect(inside).rejects.toThrow('inside uow.run');
  });
});

describe('the limits of an owner', () => {
  const rate = { quota: 1, windowSeconds: 60 };
  const limits = { enabled: true, address: rate, caller: rate, operations: {} };

  test('do not hold for what another process of ours has let in, and do for anybody else', async () => {
    const limited = await RemoteSpecimens.start({ limits });
    const list = () => limited.execute(ListSpecimens, {});
    for (let count = 0; count < 3; count++) expect(await list()).toHaveProperty('items');
    const direct = new Client(limited.ownerAddress, credentials.createInsecure());
    const ask = (metadata = new Metadata()) =>
      new Promise<number>((resolve) => {
        const same = (bytes: Buffer) => bytes;
        const { path } = descriptorOf(ListSpecimens).wire.grpc;
        direct.makeUnaryRequest(path, same, same, Buffer.alloc(0), metadata, (error) => resolve(error?.code ?? 0));
      });
    expect([await ask(), await ask()]).toEqual([status.OK, status.RESOURCE_EXHAUSTED]);
    const forged = new Metadata();
    forged.set('x-forwarded-by', 'Bearer forged');
    forged.set('x-forwarded-for', '192.0.2.77');
    expect(await ask(forged)).toBe(status.UNAUTHENTICATED);
    direct.close();
    await limited.stop();
  });
});

describe('an instance that takes no more calls', () => {
  test('has none: what it refused is run by another one, commands without a key included', async () => {
    const refusing = createServer().listen(0, '127.0.0.1');
    const refused = vi.fn((stream: ServerHttp2Stream) =>
      stream.on('error', () => undefined).close(constants.NGHTTP2_REFUSED_STREAM),
    );
    refusing.on('stream', refused);
    await once(refusing, 'listening');
    const beside = `127.0.0.1:${(refusing.address() as AddressInfo).port}`;
    const two = await RemoteSpecimens.start({ target: (port) => `${beside},127.0.0.1:${port}` });
    for (let count = 0; count < 4; count++) {
      expect(await two.execute(DiscardSpecimen, { id: crypto.randomUUID() })).toBeUndefined();
    }
    expect(refused).toHaveBeenCalled();
    await two.stop();
    refusing.close();
  });
});

describe('an instance whose connection is lost during a call', () => {
  test('is called again at once, because it requested no pause', async () => {
    const cutting = createServer().listen(0, '127.0.0.1');
    const cut = vi.fn((stream: ServerHttp2Stream) => stream.on('error', () => undefined).session?.destroy());
    cutting.on('stream', cut);
    await once(cutting, 'listening');
    const address = `127.0.0.1:${(cutting.address() as AddressInfo).port}`;
    const lone = await RemoteSpecimens.start({ target: () => address });
    // less than the pause that callers are asked for; on a busy machine it may pass before three attempts
    const attempt = () => failureOf(lone.execute(ListSpecimens, {}, lone.begin(ListSpecimens, { timeoutMs: 900 })));
    const unavailable = { code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 };
    await eventually(async () => expect(await attempt()).toMatchObject(unavailable));
    expect(cut.mock.calls.length).toBeGreaterThan(1);
    await lone.stop();
    cutting.close();
  });
});

describe('an owner with other keys', () => {
  test('is SERVICE_UNAVAILABLE for callers, and named with its reason in the log', async () => {
    const logger = new Lines();
    const settings = { issuer: 'specimens', audience: 'specimens', accessTokenSeconds: 900, refreshTokenSeconds: 900 };
    const secret = 'another secret than that of the owner';
    const tokens = new TokenIssuer(await loadTokenKeys({ ...settings, secret, publicKeyFiles: [] }), settings);
    const strange = await RemoteSpecimens.start({ tokens, logger });
    const authorization = `Bearer ${await strange.edge.token('USER')}`;
    for (const inbound of [{}, { authorization }]) {
      const failure = await failureOf(strange.execute(ListSpecimens, {}, strange.begin(ListSpecimens, inbound)));
      expect(failure).toMatchObject({ code: 'SERVICE_UNAVAILABLE', message: ServiceUnavailable.title });
    }
    const inspect = new InspectSpecimen({ id: crypto.randomUUID() });
    expect(await failureOf(strange.edge.get(Bus).asService.execute(inspect))).toBeInstanceOf(ServiceUnavailable);
    expect(logger.all).toEqual([
      `specimens: ${strange.ownerAddress} refuses the token of this process (The token is not valid): do both have the same keys?`,
    ]);
    await strange.stop();
  });

  test('is not confused with a token of the user that does not hold', async () => {
    const user = crypto.randomUUID();
    const authorization = `Bearer ${await remote.edge.token('USER', user)}`;
    await remote.owner.get(Revocations).revoke(`user:${user}`, Date.now() / 1_000 + 900);
    const call = remote.begin(CreateSpecimen, { authorization });
    expect(await failureOf(remote.execute(CreateSpecimen, { name: 'a' }, call))).toBeInstanceOf(Unauthenticated);
  });
});

describe('an owner that is gone', () => {
  test('is SERVICE_UNAVAILABLE, without its address', async () => {
    const lonely = await RemoteSpecimens.start();
    await lonely.owner.close();
    const failure = await failureOf(lonely.execute(ListSpecimens, {}));
    expect(failure).toBeInstanceOf(ServiceUnavailable);
    expect(failure.message).not.toContain('127.0.0.1');
    await lonely.stopEdge();
  });
});
