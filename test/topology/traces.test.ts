import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Protocol, protocols } from '../../src/contract/operation.js';
import { Login, Register } from '../../src/modules/auth/contract/index.js';
import { GetMe } from '../../src/modules/users/contract/index.js';
import { createClient } from '../support/create-client.js';
import { eventually } from '../support/eventually.js';
import { type SplitTarget, startSplit } from '../support/split.js';
import { CollectorReceiver, JaegerReceiver, type SeenSpan, type TraceReceiver } from './trace-receivers.js';

const jaeger = process.env.OTEL_EXPORTER_OTLP_ENDPOINT;

/** A Jaeger where there is one; the test command, which has none, runs the same with a collector of its own. */
const openReceiver = async (): Promise<TraceReceiver> =>
  jaeger === undefined ? CollectorReceiver.open() : new JaegerReceiver(jaeger);

/** The span of a caller, and the context that it sends. */
function newCaller() {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` };
}

/** From below `parentId` down, as long as every span has one child. */
function chain(spans: readonly SeenSpan[], parentId: string): readonly SeenSpan[] {
  const [span, ...others] = spans.filter((each) => each.parentId === parentId);
  return span && others.length === 0 ? [span, ...chain(spans, span.id)] : [];
}

const described = ({ kind, service, name }: SeenSpan): string => `${kind} ${service}: ${name}`;

/** The steps of the pipeline that a span records. */
const steps = ({ attributes }: SeenSpan): readonly string[] =>
  Object.keys(attributes)
    .flatMap((name) => name.match(/^app\.step\.(.+)_ms$/)?.[1] ?? [])
    .toSorted();

const edges: Record<Protocol, string> = {
  rest: 'GET /users/me',
  graphql: 'query me',
  grpc: 'users.v1.UsersService/GetMe',
  websocket: 'users.getMe',
  mqtt: 'process rpc/users/get-me',
};

describe(`${jaeger === undefined ? 'a collector' : 'Jaeger (OTEL_EXPORTER_OTLP_ENDPOINT)'} is shown`, () => {
  let receiver: TraceReceiver;
  let target: SplitTarget;
  let token: string;

  const client = (protocol: Protocol, bearer?: string) => {
    const { http, grpc = '', mqtt = '' } = target.addresses;
    const url = { rest: http, graphql: http, websocket: http, grpc, mqtt }[protocol];
    return createClient({ protocol, url, token: bearer });
  };

  beforeAll(async () => {
    receiver = await openReceiver();
    target = await startSplit({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint });
    ({ token } = await client('rest').execute(new Login(target.administrator)));
  });

  afterAll(async () => {
    await target?.stop();
    await receiver?.close();
  });

  test.each(protocols)(
    'a request over %s, from its caller through gateway and service to the database',
    async (protocol) => {
      const { traceId, spanId, traceparent } = newCaller();
      const caller = client(protocol, token);
      await caller.execute(new GetMe(), { traceparent });
      await caller.close();
      const spans = await eventually(async () => {
        const arrived = await receiver.spansOf(traceId);
        expect(chain(arrived, spanId).map(described)).toEqual([
          `server api-gateway: ${edges[protocol]}`,
          'client api-gateway: users.v1.UsersService/GetMe',
          'server user-service: users.v1.UsersService/GetMe',
          'internal user-service: handle users.getMe',
          'client user-service: select',
        ]);
        return arrived;
      });
      expect(spans).toHaveLength(5);
      expect(chain(spans, spanId).map(steps)).toEqual([
        ['authenticate', 'authorize', 'limit_address', 'limit_caller', 'validate'],
        [],
        ['authenticate', 'authorize', 'validate'],
        [],
        [],
      ]);
    },
  );

  test('a call from one service to another, in the trace of the first caller', async () => {
    const { traceId, spanId, traceparent } = newCaller();
    const caller = client('rest');
    const email = `${crypto.randomUUID()}@example.com`;
    await caller.execute(new Register({ email, password: 'correct horse battery' }), { traceparent });
    await caller.close();
    const above = (spans: readonly SeenSpan[], span: SeenSpan): string[] => {
      const parent = spans.find(({ id }) => id === span.parentId);
      return [...(parent ? above(spans, parent) : [String(span.parentId)]), described(span)];
    };
    await eventually(async () => {
      const spans = await receiver.spansOf(traceId);
      const handled = spans.filter(({ name }) => name === 'handle users.createUserProfile');
      expect(handled.map((span) => above(spans, span))).toEqual([
        [
          spanId,
          'server api-gateway: POST /auth/register',
          'client api-gateway: auth.v1.AuthService/Register',
          'server auth-service: auth.v1.AuthService/Register',
          'internal auth-service: handle auth.register',
          'client auth-service: users.internal.v1.UsersInternalService/CreateUserProfile',
          'server user-service: users.internal.v1.UsersInternalService/CreateUserProfile',
          'internal user-service: handle users.createUserProfile',
        ],
      ]);
      const stored = spans.filter(({ attributes }) => attributes['db.system.name'] === 'postgresql');
      expect(new Set(stored.map(({ service }) => service))).toEqual(new Set(['auth-service', 'user-service']));
      expect(spans.every((span) => above(spans, span)[0] === spanId)).toBe(true);
    });
  });
});
