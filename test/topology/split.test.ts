import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../src/client/client.js';
import {
  IdempotencyKeyReused,
  InvalidArgument,
  PermissionDenied,
  ServiceUnavailable,
  Unauthenticated,
} from '../../src/contract/built-in-failures.js';
import type { Failure } from '../../src/contract/failure.js';
import { type Protocol, protocols } from '../../src/contract/operation.js';
import {
  InvalidCredentials,
  InvalidRefreshToken,
  Login,
  Logout,
  RefreshSession,
  Register,
  TooManyAttempts,
} from '../../src/modules/auth/contract/index.js';
import {
  CreateUser,
  DeleteUser,
  EmailTaken,
  GetMe,
  GetUser,
  ListUsers,
  UpdateUser,
  UserNotFound,
} from '../../src/modules/users/contract/index.js';
import { createClient } from '../support/create-client.js';
import { eventually } from '../support/eventually.js';
import { type SplitTarget, startSplit } from '../support/split.js';

const password = 'correct horse battery';
const newEmail = (): string => `user-${crypto.randomUUID()}@example.com`;

const failureOf = (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => expect.unreachable('it succeeded'),
    (failure: Failure) => failure,
  );

const { CONSUL_HOST = '', CONSUL_PORT = '8500' } = process.env;

/** How processes find each other. */
const discoveries: { name: string; changes: Readonly<Record<string, string>>; isThere: boolean }[] = [
  { name: 'their addresses', changes: {}, isThere: true },
  { name: 'Consul', changes: { DISCOVERY: 'consul', CONSUL_HOST, CONSUL_PORT }, isThere: CONSUL_HOST !== '' },
];

/** One in Consul waits for its turn. */
const startTimeoutMs = 300_000;

describe.for(discoveries)('by $name', ({ changes, isThere }) => {
  describe.skipIf(!isThere)('processes that find each other', () => {
    let target: SplitTarget;
    const clients: Client[] = [];

    beforeAll(async () => {
      target = await startSplit(changes);
    }, startTimeoutMs);

    afterAll(async () => {
      await Promise.all(clients.map((client) => client.close()));
      await target?.stop();
    });

    function urlOf(protocol: Protocol): string {
      const { http, grpc = '', mqtt = '' } = target.addresses;
      return { rest: http, graphql: http, websocket: http, grpc, mqtt }[protocol];
    }

    function connect(protocol: Protocol, token?: string): Client {
      const client = createClient({ protocol, url: urlOf(protocol), token });
      clients.push(client);
      return client;
    }

    async function register(protocol: Protocol) {
      const email = newEmail();
      return { email, ...(await connect(protocol).execute(new Register({ email, password, name: 'Ada' }))) };
    }

    async function administrator(protocol: Protocol): Promise<Client> {
      const { token } = await connect(protocol).execute(new Login(target.administrator));
      return connect(protocol, token);
    }

    describe.each(protocols)('over %s, a gateway with its services', (protocol) => {
      test('answers what the whole product does', async () => {
        const { user, token, refreshToken, email } = await register(protocol);
        const member = connect(protocol, token);
        expect(await member.execute(new GetMe())).toEqual(user);
        expect(await member.execute(new GetUser({ id: user.id }))).toMatchObject({ email, name: 'Ada' });
        const renamed = await member.execute(new UpdateUser({ id: user.id, name: 'Ada Lovelace', clear: [] }));
        expect(renamed.name).toBe('Ada Lovelace');
        const moved = newEmail();
        await member.execute(new UpdateUser({ id: user.id, email: moved, clear: [] }));
        const { token: later } = await connect(protocol).execute(new Login({ email: moved, password }));
        const admin = await administrator(protocol);
        const { items, pageMeta } = await admin.execute(new ListUsers({ q: moved }));
        expect([items.map(({ id }) => id), pageMeta.totalItems]).toEqual([[user.id], 1]);
        const renewed = await connect(protocol).execute(new RefreshSession({ refreshToken }));
        await connect(protocol, renewed.token).execute(new Logout());
        await connect(protocol, later).execute(new DeleteUser({ id: user.id }));
        expect(await failureOf(admin.execute(new GetUser({ id: user.id })))).toBeInstanceOf(UserNotFound);
      });

      test('passes on failures as they were thrown', async () => {
        const { email, token, user } = await register(protocol);
        const anyone = connect(protocol);
        const admin = await administrator(protocol);
        const taken = await failureOf(admin.execute(new CreateUser({ email })));
        expect([taken, taken.message]).toEqual([expect.any(EmailTaken), EmailTaken.title]);
        expect(await failureOf(anyone.execute(new Register({ email, password })))).toBeInstanceOf(EmailTaken);
        expect(await failureOf(anyone.execute(new GetUser({ id: user.id })))).toBeInstanceOf(Unauthenticated);
        const member = connect(protocol, token);
        expect(await failureOf(member.execute(new CreateUser({ email: newEmail() })))).toBeInstanceOf(PermissionDenied);
        const unknown = new GetUser({ id: crypto.randomUUID() });
        expect(await failureOf(member.execute(unknown))).toBeInstanceOf(PermissionDenied);
        expect(await failureOf(admin.execute(unknown))).toBeInstanceOf(UserNotFound);
        const refused = await failureOf(anyone.execute(new RefreshSession({ refreshToken: 'nonsense' })));
        expect(refused).toBeInstanceOf(InvalidRefreshToken);
        const invalid = await failureOf(anyone.execute(new Login({ email: 'no address', password })));
        expect([invalid, invalid.issues?.map(({ path }) => path)]).toEqual([expect.any(InvalidArgument), ['/email']]);
      });

      test('runs a command once for one idempotency key', async () => {
        const admin = await administrator(protocol);
        const email = newEmail();
        const key = { idempotencyKey: crypto.randomUUID() };
        const first = await admin.execute(new CreateUser({ email }), key);
        expect(await admin.execute(new CreateUser({ email }), key)).toEqual(first);
        const reused = await failureOf(admin.execute(new CreateUser({ email: newEmail() }), key));
        expect(reused).toBeInstanceOf(IdempotencyKeyReused);
      });

      test('says how long to wait after too many attempts', async () => {
        const { email } = await register(protocol);
        const attempt = () => failureOf(connect(protocol).execute(new Login({ email, password: 'another password' })));
        for (let count = 0; count < 3; count++) expect(await attempt()).toBeInstanceOf(InvalidCredentials);
        const refused = await attempt();
        expect([refused, refused.retryAfterSeconds]).toEqual([expect.any(TooManyAttempts), expect.any(Number)]);
      });
    });

    describe('a user who is deleted', () => {
      test('can use no token any more, at any process, within two seconds', async () => {
        const { user, token } = await register('rest');
        const atUsers = createClient({ protocol: 'grpc', url: target.grpc['user-service'] ?? '', token });
        clients.push(atUsers);
        expect(await atUsers.execute(new GetMe())).toEqual(user);
        await connect('rest', token).execute(new DeleteUser({ id: user.id }));
        for (const client of [atUsers, ...protocols.map((protocol) => connect(protocol, token))]) {
          const revoked = async () =>
            expect(await failureOf(client.execute(new GetMe()))).toBeInstanceOf(Unauthenticated);
          await eventually(revoked);
        }
      });
    });

    describe('what a gateway reports of the services it calls', () => {
      test('is the state of their circuits, and how many calls they got', async () => {
        const read = async (path: string) => (await fetch(`${target.addresses.http}${path}`)).text();
        expect(JSON.parse(await read('/health/circuit/user-service'))).toMatchObject({
          name: 'user-service',
          state: 'CLOSED',
          instances: { known: 1, ejected: 0 },
        });
        expect(await read('/metrics')).toMatch(/^remote_calls_total{service="user-service"} [1-9]/m);
        expect(JSON.parse(await read('/health/circuit/nobody'))).toMatchObject({ code: 'NOT_FOUND', status: 404 });
      });
    });

    describe('a call between processes', () => {
      test('keeps the request id and the trace of its caller', async () => {
        const { token } = await connect('rest').execute(new Login(target.administrator));
        const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
        const answer = await fetch(`${target.addresses.http}/users/${crypto.randomUUID()}`, {
          headers: { authorization: `Bearer ${token}`, 'x-request-id': 'mine-1', traceparent },
        });
        expect(answer.headers.get('x-request-id')).toBe('mine-1');
        expect(await answer.json()).toMatchObject({ code: 'USER_NOT_FOUND', trace_id: traceparent.slice(3, 35) });
      });
    });

    describe('a service that misses another one', () => {
      test('says so, and counts as one that answers', async () => {
        const { user, token } = await register('rest');
        const circuit = async () => (await fetch(`${target.addresses.http}/health/circuit/user-service`)).json();
        const { failures } = (await circuit()) as { failures: number };
        expect(await target.process('auth-service').end('SIGKILL')).toBe('SIGKILL');
        for (let count = 0; count < 10; count++) {
          const failure = await failureOf(connect('rest', token).execute(new DeleteUser({ id: user.id })));
          expect(failure).toBeInstanceOf(ServiceUnavailable);
        }
        expect(await circuit()).toMatchObject({ state: 'CLOSED', failures });
        await target.restart('auth-service');
        const removed = () => connect('rest', token).execute(new DeleteUser({ id: user.id }));
        await eventually(removed);
        // the gateway finds the service again at a time of its own
        await eventually(() => register('rest'));
      });
    });

    describe('a service that is gone', () => {
      test('is named at once, leaves the others working, and is found again', async () => {
        const { email, token } = await register('rest');
        expect(await target.process('user-service').end('SIGKILL')).toBe('SIGKILL');
        for (const protocol of protocols) {
          const failure = await failureOf(connect(protocol, token).execute(new GetMe()));
          expect(failure).toBeInstanceOf(ServiceUnavailable);
        }
        expect(await connect('rest').execute(new Login({ email, password }))).toHaveProperty('token');
        expect((await fetch(`${target.addresses.http}/health/ready`)).status).toBe(200);
        await target.restart('user-service');
        const answers = () => connect('rest', token).execute(new GetMe());
        expect(await eventually(answers)).toMatchObject({ email });
      });
    });
  });
});

test('a start that fails leaves no process behind', async () => {
  const processes = () => process.getActiveResourcesInfo().filter((resource) => resource === 'ProcessWrap').length;
  const before = processes();
  await expect(startSplit({}, { 'auth-service': { GRPC_PORT: 'none' } })).rejects.toThrow('GRPC_PORT');
  expect(processes()).toBe(before);
});
