import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../src/client/client.js';
import { Unauthenticated } from '../../src/contract/built-in-failures.js';
import { type Protocol, protocols } from '../../src/contract/operation.js';
import {
  AccountDisabled,
  ChangeAccountRole,
  DisableAccount,
  EnableAccount,
  Login,
  RefreshSession,
  Register,
} from '../../src/modules/auth/contract/index.js';
import { CreateUser, DeleteUser, GetMe, UserIsAdministrator } from '../../src/modules/users/contract/index.js';
import { createClient } from '../support/create-client.js';
import { eventually } from '../support/eventually.js';
import type { Target } from '../support/target.js';

const password = 'correct horse battery';
const newEmail = () => `${crypto.randomUUID()}@example.com`;

export interface Product {
  readonly target: Target;
  /** Addresses of further processes that take calls. */
  readonly furtherGrpc: readonly string[];
}

/** What follows for tokens and users from changes of their account, in every process. */
export function changedAccounts(product: () => Product): void {
  const clients: Client[] = [];
  let admin: Client;

  const connected = (protocol: Protocol, url: string, token?: string): Client => {
    const client = createClient({ protocol, url, token, mqttTopicPrefix: product().target.topicPrefix });
    clients.push(client);
    return client;
  };

  function connect(protocol: Protocol, token?: string): Client {
    const { http, grpc = '', mqtt = '' } = product().target.addresses;
    const url = { rest: http, graphql: http, websocket: http, grpc, mqtt }[protocol];
    return connected(protocol, url, token);
  }

  /** Signed in, with connections that are open to every process. */
  async function signedIn() {
    const email = newEmail();
    const { user, token, refreshToken } = await connect('rest').execute(new Register({ email, password, name: 'Ada' }));
    const further = product().furtherGrpc.map((url) => connected('grpc', url, token));
    const open = [...protocols.map((protocol) => connect(protocol, token)), ...further];
    for (const client of open) expect(await client.execute(new GetMe())).toEqual(user);
    return { user, email, refreshToken, open };
  }

  async function expectDead(open: readonly Client[]): Promise<void> {
    for (const client of open) {
      await eventually(() => expect(client.execute(new GetMe())).rejects.toThrow(Unauthenticated));
    }
  }

  beforeAll(async () => {
    const { token } = await connect('rest').execute(new Login(product().target.administrator));
    admin = connect('rest', token);
  });
  afterAll(() => Promise.all(clients.map((client) => client.close())));

  describe('an account that is changed', () => {
    test('loses its tokens over open connections when it is disabled, and gets new ones when it is enabled', async () => {
      const { user, email, refreshToken, open } = await signedIn();
      await admin.execute(new DisableAccount({ userId: user.id }));
      await expectDead(open);
      for (const protocol of protocols) {
        const anyone = connect(protocol);
        await expect(anyone.execute(new Login({ email, password }))).rejects.toThrow(AccountDisabled);
      }
      await expect(connect('rest').execute(new RefreshSession({ refreshToken }))).rejects.toThrow(AccountDisabled);
      await admin.execute(new EnableAccount({ userId: user.id }));
      const { token } = await connect('rest').execute(new Login({ email, password }));
      for (const protocol of protocols) expect(await connect(protocol, token).execute(new GetMe())).toEqual(user);
      await expectDead(open);
    });

    test('acts by its new role once it has signed in again, and by the former one no more', async () => {
      const { user, email, open } = await signedIn();
      await admin.execute(new ChangeAccountRole({ userId: user.id, role: 'ADMIN' }));
      await expectDead(open);
      const { token } = await connect('rest').execute(new Login({ email, password }));
      const promoted = protocols.map((protocol) => connect(protocol, token));
      for (const client of promoted)
        expect(await client.execute(new CreateUser({ email: newEmail() }))).toHaveProperty('id');
      await expect(admin.execute(new DeleteUser({ id: user.id }))).rejects.toThrow(UserIsAdministrator);
      await admin.execute(new ChangeAccountRole({ userId: user.id, role: 'USER' }));
      await expectDead(promoted);
      await expect(admin.execute(new DeleteUser({ id: user.id }))).resolves.toBeUndefined();
    });
  });
}
