import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../src/client/client.js';
import { PermissionDenied } from '../../src/contract/built-in-failures.js';
import { type Protocol, protocols } from '../../src/contract/operation.js';
import { ListAccounts, Login, Register } from '../../src/modules/auth/contract/index.js';
import { startApplication } from '../support/application.js';
import { createClient } from '../support/create-client.js';
import { type SplitTarget, startSplit } from '../support/split.js';
import type { RunningTarget } from '../support/target.js';
import { changedAccounts } from './changed-accounts.behaviour.js';

let target: SplitTarget;
let adminToken: string;
const clients: Client[] = [];

beforeAll(async () => {
  target = await startSplit();
  ({ token: adminToken } = await connect('rest').execute(new Login(target.administrator)));
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await target?.stop();
});

function connect(protocol: Protocol, token?: string): Client {
  const { http, grpc = '', mqtt = '' } = target.addresses;
  const url = { rest: http, graphql: http, websocket: http, grpc, mqtt }[protocol];
  const client = createClient({ protocol, url, token });
  clients.push(client);
  return client;
}

const register = (name: string) =>
  connect('rest').execute(
    new Register({ email: `${crypto.randomUUID()}@example.com`, password: 'correct horse battery', name }),
  );

describe.each(protocols)('over %s, the accounts of a split product', (protocol) => {
  test('are listed for administrators', async () => {
    const { user, token } = await register('Ada');
    const { items } = await connect(protocol, adminToken).execute(new ListAccounts({ limit: 1 }));
    const account = { userId: user.id, email: user.email, role: 'USER', disabled: false };
    expect(items).toEqual([{ ...account, createdAt: expect.any(String) }]);
    await expect(connect(protocol, token).execute(new ListAccounts())).rejects.toThrow(PermissionDenied);
  });
});

describe('the users of accounts', () => {
  const calls = /^operation_calls_total\{.*"users\.getUsersByIds".*"OK".*\} (\d+)$/m;
  const lookUps = async () => {
    const metrics = await fetch(`${await target.http('user-service')}/metrics`);
    return Number((await metrics.text()).match(calls)?.[1] ?? 0);
  };

  test('cost the gateway one call of their service, however many there are', async () => {
    const known = [await register('Ada'), await register('Grace'), await register('Edsger')];
    const before = await lookUps();
    const answer = await fetch(`${target.addresses.http}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ accounts(limit: 3) { email role disabled user { name } } }' }),
    });
    const expected = known.map(({ user: { email, name } }) => ({
      email,
      role: 'USER',
      disabled: false,
      user: { name },
    }));
    expect(await answer.json()).toEqual({ data: { accounts: expected.toReversed() } });
    expect((await lookUps()) - before).toBe(1);
  });
});

describe('through a gateway', () =>
  changedAccounts(() => ({ target, furtherGrpc: [target.grpc['user-service'] ?? ''] })));

describe('in the monolith', () => {
  let monolith: RunningTarget;
  beforeAll(async () => {
    monolith = await startApplication();
  });
  afterAll(() => monolith?.stop());

  changedAccounts(() => ({ target: monolith, furtherGrpc: [] }));
});
