import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../src/client/client.js';
import { type Protocol, protocols } from '../../src/contract/operation.js';
import { Login } from '../../src/modules/auth/contract/index.js';
import { CreateUser, GetUser, ListUsers } from '../../src/modules/users/contract/index.js';
import { administer } from '../support/administer.js';
import { startApplication } from '../support/application.js';
import { createClient } from '../support/create-client.js';
import { eventually } from '../support/eventually.js';
import { canMount, OwnPostgres } from '../support/own-postgres.js';
import { type SplitTarget, startSplit } from '../support/split.js';
import { StallingProxy } from '../support/stalling-proxy.js';
import type { RunningTarget } from '../support/target.js';

interface Product {
  readonly target: RunningTarget;
  /** The HTTP listener of the process that has the users. */
  readonly owner: string;
}

/** With the users on the database of that URL. */
type Start = (usersUrl: string) => Promise<Product>;

const topologies: readonly [string, Start][] = [
  [
    'one process',
    async (usersUrl) => {
      const target = await startApplication({ DATABASE_URL: usersUrl });
      return { target, owner: target.addresses.http };
    },
  ],
  [
    'gateway and services',
    async (usersUrl) => {
      const target: SplitTarget = await startSplit({}, { 'user-service': { DATABASE_URL: usersUrl } });
      return { target, owner: await target.http('user-service') };
    },
  ],
];

const email = () => `${crypto.randomUUID()}@example.com`;
const unavailable = { code: 'SERVICE_UNAVAILABLE' };

describe.skipIf(!process.env.DATABASE_URL).for(topologies)('with DATABASE_URL, %s', ([, start]) => {
  let product: Product;
  let clients: Readonly<Record<Protocol, Client>>;

  async function open(usersUrl: string): Promise<void> {
    product = await start(usersUrl);
    const { addresses, topicPrefix, administrator } = product.target;
    const { http, grpc = '', mqtt = '' } = addresses;
    const urls = { rest: http, graphql: http, websocket: http, grpc, mqtt };
    const anyone = createClient({ protocol: 'rest', url: http });
    const { token } = await anyone.execute(new Login(administrator));
    await anyone.close();
    const connect = (protocol: Protocol) =>
      [protocol, createClient({ protocol, url: urls[protocol], token, mqttTopicPrefix: topicPrefix })] as const;
    clients = Object.fromEntries(protocols.map(connect)) as Record<Protocol, Client>;
  }

  async function close(): Promise<void> {
    await Promise.all(Object.values(clients ?? {}).map((client) => client.close()));
    await product?.target.stop();
  }

  const readiness = async () => (await fetch(`${product.owner}/health/ready`)).status;
  const becomes = (status: number) => eventually(async () => expect(await readiness()).toBe(status));

  describe('after a failover in which the former primary becomes a standby', () => {
    let primary: OwnPostgres;
    let standby: OwnPostgres;
    let proxy: StallingProxy;

    beforeAll(async () => {
      primary = await OwnPostgres.start();
      standby = await primary.addStandby();
      proxy = await StallingProxy.to(primary.address);
      const url = new URL(primary.url);
      url.host = proxy.address;
      await open(url.href);
    });

    afterAll(async () => {
      await close();
      await proxy?.remove();
      await Promise.all([primary, standby].map((server) => server?.remove()));
    });

    test('writes are unavailable and it is not ready, reads are served, and the new primary is found', async () => {
      const { id } = await clients.rest.execute(new CreateUser({ email: email() }));
      await standby.administer('select pg_promote()');
      await primary.stop();
      await primary.startAsStandbyOf(standby);
      for (const protocol of protocols) {
        const client = clients[protocol];
        await eventually(() => client.execute(new GetUser({ id })));
        const writing = client.execute(new CreateUser({ email: email() }));
        await expect(writing, protocol).rejects.toMatchObject(unavailable);
      }
      await becomes(503);
      proxy.forwardTo(standby.address);
      for (const protocol of protocols)
        await eventually(() => clients[protocol].execute(new CreateUser({ email: email() })));
      await becomes(200);
    });
  });

  describe.skipIf(!canMount)('on a disk that is full', () => {
    let server: OwnPostgres;

    beforeAll(async () => {
      server = await OwnPostgres.startOnDisk('20m');
      await open(server.url);
      await administer(server.url, 'create table filler (text text)');
    });

    afterAll(async () => {
      await close();
      await server?.remove();
    });

    test('writes are unavailable and it is not ready, reads are served, until there is space', async () => {
      const fill = `insert into filler select repeat(md5(i::text), 30) from generate_series(1, 1000) as i`;
      const filling = async () => {
        for (;;) await administer(server.url, fill);
      };
      await expect(filling()).rejects.toMatchObject({ code: '53100' });
      const writing = async () => {
        for (;;) await clients.grpc.execute(new CreateUser({ email: email() }));
      };
      await expect(writing()).rejects.toMatchObject(unavailable);
      for (const protocol of protocols) {
        const client = clients[protocol];
        const one = client.execute(new CreateUser({ email: email() }));
        await expect(one, protocol).rejects.toMatchObject(unavailable);
        await eventually(() => client.execute(new ListUsers({})));
      }
      expect(await readiness()).toBe(503);
      await administer(server.url, 'drop table filler');
      await becomes(200);
      for (const protocol of protocols)
        await eventually(() => clients[protocol].execute(new CreateUser({ email: email() })));
    });
  });
});
