import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describe as descriptorOf } from '../../../src/contract/module.js';
import { newId } from '../../../src/contract/values.js';
import { RedisSessions } from '../../../src/modules/auth/infrastructure/redis-sessions.repository.js';
import { Call } from '../../../src/pipeline/call.js';
import { runInCall } from '../../../src/pipeline/call-context.js';
import { RedisConnection } from '../../../src/platform/cache/redis-connection.js';
import { RedisRateLimiter } from '../../../src/platform/cache/redis-rate-limiter.js';
import { ListSpecimens } from '../../fixtures/specimens/specimens.operations.js';
import { runCall } from '../../pipeline/run-call.js';
import { createSpecimenApplication, type SpecimenApplication } from '../../support/specimen-application.js';
import { RecordedSpans } from '../observability/recorded-spans.js';

const url = process.env.REDIS_URL;
const silent = { warn: () => undefined, log: () => undefined };
const operation = descriptorOf(ListSpecimens);

describe.skipIf(url === undefined)('with REDIS_URL, the trace of a call', () => {
  const spans = new RecordedSpans();
  const connection = new RedisConnection(url ?? '', silent);
  const limiter = new RedisRateLimiter(connection);
  const open: SpecimenApplication[] = [];

  async function application(quota: number): Promise<SpecimenApplication> {
    const address = { quota, windowSeconds: 60 };
    const created = await createSpecimenApplication({
      rateLimiter: limiter,
      pipeline: { tracer: spans.tracer, limits: { enabled: true, address, caller: address, operations: {} } },
    });
    open.push(created);
    return created;
  }

  const begin = ({ pipeline }: SpecimenApplication, address: string, sampled: boolean) => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-${sampled ? '01' : '00'}`;
    return pipeline.begin({ protocol: 'rest', address, traceparent }, operation);
  };

  const list = (app: SpecimenApplication, address: string, sampled = true) =>
    runCall(app.pipeline, new Call(operation, begin(app, address, sampled), {}, (value) => value));

  beforeAll(async () => {
    // where the machine stalls for longer, Redis would count as away, and nothing be asked of it
    Object.assign(connection.client.options, { commandTimeout: undefined, socketTimeout: undefined });
    await connection.health.check();
  });

  beforeEach(() => spans.forget());

  afterAll(async () => {
    for (const each of open) await each.close();
    await connection.close();
  });

  test('shows both limits, each a script in Redis', async () => {
    await list(await application(100), newId());
    const { hostname, port } = new URL(url ?? '');
    const commands = spans.all.filter(({ attributes }) => attributes['db.system.name'] === 'redis');
    expect(commands.map(({ name }) => name)).toEqual(['EVALSHA', 'EVALSHA']);
    expect(commands[0]?.attributes).toEqual({
      'db.system.name': 'redis',
      'db.operation.name': 'EVALSHA',
      'server.address': hostname,
      'server.port': Number(port),
    });
    const edge = spans.one('GET /specimens');
    expect(commands.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(
      commands.map(() => edge.spanContext().spanId),
    );
  });

  test('shows no command where the refusal is remembered', async () => {
    const app = await application(1);
    const address = newId();
    await list(app, address).catch(() => undefined);
    for (let again = 0; again < 2; again++) await list(app, address).catch(() => undefined);
    spans.forget();
    await expect(list(app, address)).rejects.toThrow();
    expect(spans.all.map(({ name }) => name)).toEqual(['GET /specimens']);
  });

  test('has nothing of Redis where it is not recorded', async () => {
    await list(await application(100), newId(), false);
    expect(spans.all).toEqual([]);
  });

  test('shows the commands of sessions, and nothing of what they hold', async () => {
    const app = await application(100);
    const call = begin(app, newId(), true);
    call.span = spans.tracer.serve(operation, call);
    await runInCall(call, () => new RedisSessions(connection).remove(newId()));
    call.span?.end();
    expect(spans.tree(spans.one('GET /specimens'))).toEqual(['HGET', 'DEL']);
  });
});
