import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../src/client/client.js';
import type { ClientOptions } from '../../src/client/create-client.js';
import {
  Cancelled,
  DeadlineExceeded,
  Internal,
  InvalidArgument,
  ServiceUnavailable,
  Unauthenticated,
} from '../../src/contract/built-in-failures.js';
import { protocols } from '../../src/contract/operation.js';
import { aSpecimen } from '../fixtures/specimens/a-specimen.js';
import { WaitForSpecimenHandler } from '../fixtures/specimens/specimens.handlers.js';
import {
  CreateSpecimen,
  DiscardSpecimen,
  EchoSpecimen,
  FailSpecimen,
  FilterSpecimens,
  failureOfKind,
  ListSpecimens,
  SpecimenTaken,
  WaitForSpecimen,
} from '../fixtures/specimens/specimens.operations.js';
import { type SpecimenTarget, startSpecimens } from '../support/specimen-target.js';
import { clientOf } from './specimen-client.js';

let target: SpecimenTarget;

beforeAll(async () => {
  target = await startSpecimens();
});

afterAll(() => target.stop());

describe.each(protocols)('a client over %s', (protocol) => {
  const clients: Client[] = [];

  function connect(options: Partial<ClientOptions> = {}): Client {
    const client = clientOf(target, protocol, options);
    clients.push(client);
    return client;
  }

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });

  test('gives a value of every type that it sent', async () => {
    const input = structuredClone(aSpecimen) as unknown as ConstructorParameters<typeof EchoSpecimen>[0];
    expect(await connect().execute(new EchoSpecimen(input))).toEqual(aSpecimen);
    const filter = { page: 2, flag: true, ratio: 1e21, colours: ['RED' as const], q: 'ä&=?#/%' };
    expect(await connect().execute(new FilterSpecimens(filter))).toEqual(filter);
  });

  test('gives nothing for an empty output', async () => {
    expect(await connect().execute(new DiscardSpecimen({ id: crypto.randomUUID() }))).toBeUndefined();
  });

  test('throws the classes that the operation declares', async () => {
    const Declared = failureOfKind.get('aborted') ?? Internal;
    await expect(connect().execute(new FailSpecimen({ kind: 'ABORTED' }))).rejects.toBeInstanceOf(Declared);
    await expect(connect().execute(new FailSpecimen({ kind: 'UNEXPECTED' }))).rejects.toBeInstanceOf(Internal);
  });

  test('sends the token, which it requests before every call', async () => {
    let token: string | undefined = await target.application.token('USER');
    const client = connect({ token: async () => token });
    expect(await client.execute(new CreateSpecimen({ name: 'mine' }))).toMatchObject({ name: 'mine' });
    token = undefined;
    await expect(client.execute(new CreateSpecimen({ name: 'mine' }))).rejects.toBeInstanceOf(Unauthenticated);
    token = await target.application.token('USER');
    await expect(client.execute(new CreateSpecimen({ name: 'taken' }))).rejects.toBeInstanceOf(SpecimenTaken);
  });

  test('keeps the identities of calls at the same time apart', async () => {
    const [good, bad] = [await target.application.token('USER'), 'nonsense'];
    let calls = 0;
    const client = connect({ token: () => (calls++ % 2 ? bad : good) });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, () => client.execute(new CreateSpecimen({ name: 'many' }))),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(
      outcomes.map((_, index) => (index % 2 ? 'rejected' : 'fulfilled')),
    );
  });

  test('sends the idempotency key where it has a meaning, and refuses an unusable one', async () => {
    const client = connect({ token: await target.application.token('USER') });
    const idempotencyKey = `key ${protocol}`;
    const first = await client.execute(new CreateSpecimen({ name: 'once' }), { idempotencyKey });
    expect(await client.execute(new CreateSpecimen({ name: 'once' }), { idempotencyKey })).toEqual(first);
    const unusable = { idempotencyKey: 'schlüssel' };
    await expect(client.execute(new CreateSpecimen({ name: 'once' }), unusable)).rejects.toBeInstanceOf(
      InvalidArgument,
    );
    expect(await client.execute(new ListSpecimens(), unusable)).toMatchObject({ pageMeta: { page: 1 } });
  });

  test('takes request id and trace context', async () => {
    const options = { requestId: 'mine-1', traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
    expect(await connect().execute(new FilterSpecimens({ colours: [] }), options)).toEqual({ page: 1, colours: [] });
  });

  test.each(['mine\n1', 'mïne', 'mine\u{1f600}'])(
    'leaves out a request id and a trace that are none: %j',
    async (text) => {
      const options = { requestId: text, traceparent: text };
      expect(await connect().execute(new FilterSpecimens({ colours: [] }), options)).toEqual({ page: 1, colours: [] });
    },
  );

  test.each(['\n', '\u00a0', 'é', '\u{1f600}'])(
    'takes a token with %j for none that holds, and does not name it',
    async (byte) => {
      const token = `${await target.application.token('USER')}${byte}`;
      const error: unknown = await connect({ token })
        .execute(new CreateSpecimen({ name: 'x' }))
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Unauthenticated);
      expect(inspect(error, { depth: null })).not.toContain(token.slice(-21, -1));
    },
  );

  test('waits for weeks where it may', async () => {
    for (const timeoutMs of [2_147_483_648, 2_592_000_000, 1e15, Number.POSITIVE_INFINITY]) {
      expect(await connect().execute(new FilterSpecimens({ colours: [] }), { timeoutMs })).toMatchObject({ page: 1 });
    }
  });

  test('fails at the deadline of the call, the operation or its own', async () => {
    await expect(connect().execute(new WaitForSpecimen(), { timeoutMs: 50 })).rejects.toBeInstanceOf(DeadlineExceeded);
    const hasty = connect({ timeoutMs: 50 });
    await expect(hasty.execute(new WaitForSpecimen())).rejects.toBeInstanceOf(DeadlineExceeded);
  });

  test('fails when its caller aborts, before or during the call', async () => {
    const client = connect();
    const controller = new AbortController();
    const { signal } = controller;
    const running = client.execute(new WaitForSpecimen(), { signal });
    await expect.poll(() => target.application.pipeline.running).toBeGreaterThan(0);
    controller.abort();
    await expect(running).rejects.toBeInstanceOf(Cancelled);
    await expect(client.execute(new WaitForSpecimen(), { signal })).rejects.toBeInstanceOf(Cancelled);
  });

  test('ends its calls when it is closed, and then has no more', async () => {
    const client = connect();
    const running = client.execute(new WaitForSpecimen());
    await expect.poll(() => target.application.pipeline.running).toBeGreaterThan(0);
    await Promise.all([expect(running).rejects.toBeInstanceOf(Cancelled), client.close()]);
    await expect(client.execute(new ListSpecimens())).rejects.toBeInstanceOf(Cancelled);
    await expect.poll(() => target.application.pipeline.running).toBe(0);
    expect(target.application.get(WaitForSpecimenHandler).stopped).toBeGreaterThan(0);
  });

  test('names the faults of an input that its wire has no form for', async () => {
    const nonsense = { ...aSpecimen, small: 'x', price: undefined, tags: 7 };
    const failed = connect().execute(new EchoSpecimen(nonsense as never));
    await expect(failed).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      issues: expect.arrayContaining([expect.objectContaining({ path: '/price', code: 'invalid_type' })]),
    });
    await expect(connect().execute(new DiscardSpecimen({ id: '..' }))).rejects.toMatchObject({
      issues: [{ path: '/id', code: 'invalid_format', message: 'Invalid UUID' }],
    });
  });

  test('says so when no server answers', async () => {
    const url = { rest: 'http://127.0.0.1:9', grpc: '127.0.0.1:9', mqtt: 'mqtt://127.0.0.1:9' };
    const client = connect({ url: protocol === 'grpc' || protocol === 'mqtt' ? url[protocol] : url.rest });
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(client.execute(new ListSpecimens())).rejects.toBeInstanceOf(ServiceUnavailable);
    }
  });
});
