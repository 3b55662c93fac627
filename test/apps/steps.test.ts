import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Application } from '../../src/apps/application.js';
import { services } from '../../src/apps/services.js';
import { type Client } from '../../src/client/client.js';
import { describe as descriptorOf, type OperationDescriptor } from '../../src/contract/module.js';
import { type Protocol, protocols } from '../../src/contract/operation.js';
import { Register } from '../../src/modules/auth/contract/index.js';
import { GetMe } from '../../src/modules/users/contract/index.js';
import { Principal } from '../../src/pipeline/principal.js';
import type { Span } from '../../src/pipeline/span.js';
import { TokenVerifier } from '../../src/pipeline/token-verifier.js';
import { Tracer } from '../../src/pipeline/tracer.js';
import { loadConfiguration } from '../../src/platform/config/load-configuration.js';
import { noTelemetry } from '../../src/platform/observability/telemetry.js';
import { RateLimiter } from '../../src/ports/rate-limiter.js';
import { createClient } from '../support/create-client.js';
import { testDatabase } from '../support/database.js';

/** The steps of every call, as its span records them. */
class StepLog extends Tracer {
  readonly recorded: string[] = [];

  override serve({ id }: OperationDescriptor): Span {
    return this.#span(id);
  }

  #span(id: string): Span {
    return {
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      set: () => undefined,
      step: (name) => this.recorded.push(`${id} ${name}`),
      child: () => this.#span(id),
      end: () => undefined,
    };
  }
}

describe('in the monolith, which is edge and owner in one', () => {
  const steps = new StepLog();
  const clients: Client[] = [];
  let database: Awaited<ReturnType<typeof testDatabase>>;
  let application: Application;
  let addresses: Awaited<ReturnType<Application['listen']>>;
  let token: string;

  const connect = (protocol: Protocol, bearer?: string) => {
    const { http, grpc = '', mqtt = '' } = addresses;
    const url = { rest: http, graphql: http, websocket: http, grpc, mqtt }[protocol];
    const client = createClient({ protocol, url, token: bearer });
    clients.push(client);
    return client;
  };

  const register = (protocol: Protocol) =>
    connect(protocol).execute(
      new Register({ email: `${crypto.randomUUID()}@example.com`, password: 'correct horse battery' }),
    );

  /** What really ran, beside what was recorded. */
  function watch(message: typeof GetMe | typeof Register) {
    const limited = vi.spyOn(application.get(RateLimiter), 'consume');
    const verified = vi.spyOn(application.get(TokenVerifier), 'verifyCached');
    const authorized = vi.spyOn(Principal.prototype, 'authorize');
    const validated = vi.spyOn(descriptorOf(message).spec.input, 'safeParse');
    return () => ({
      limited: limited.mock.calls.map(([{ name }]) => name),
      verified: verified.mock.calls.length,
      authorized: authorized.mock.calls.map(([{ id }]) => id),
      validated: validated.mock.calls.length,
    });
  }

  beforeAll(async () => {
    database = await testDatabase();
    const environment = { NODE_ENV: 'test', PORT: '0', GRPC_PORT: '0', MQTT_PORT: '0', LOG_LEVEL: 'fatal' };
    const configuration = loadConfiguration({ ...environment, DATABASE_URL: database.url }, services);
    application = await Application.create(configuration, undefined, { ...noTelemetry, tracer: steps });
    addresses = await application.listen();
    ({ token } = await register('rest'));
  });

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await application?.stop();
    await database?.drop();
  });

  beforeEach(() => {
    vi.restoreAllMocks();
  });

  test.each(protocols)('every step of a call over %s runs once', async (protocol) => {
    const client = connect(protocol, token);
    // the credentials of a connection are looked at when it opens, too
    await client.execute(new GetMe());
    steps.recorded.length = 0;
    const ran = watch(GetMe);
    await client.execute(new GetMe());
    expect(steps.recorded).toEqual(
      ['limit_address', 'authenticate', 'authorize', 'limit_caller', 'validate'].map((step) => `users.getMe ${step}`),
    );
    const once = { limited: ['address', 'users.getMe'], verified: 1, authorized: ['users.getMe'], validated: 1 };
    expect(ran()).toEqual(once);
  });

  test('a nested call to another module is authorized, and neither limited nor authenticated again', async () => {
    const ran = watch(Register);
    await register('grpc');
    expect(ran()).toEqual({
      limited: ['address', 'auth.register'],
      verified: 0,
      authorized: ['auth.register', 'users.createUserProfile'],
      validated: 1,
    });
  });
});
