import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client } from '../../src/client/client.js';
import { type Protocol, protocols } from '../../src/contract/operation.js';
import { ListAccounts, Login } from '../../src/modules/auth/contract/index.js';
import { GetMe } from '../../src/modules/users/contract/index.js';
import { startApplication } from '../support/application.js';
import { createClient } from '../support/create-client.js';
import { eventually } from '../support/eventually.js';
import { hasOwnRedis, OwnRedis } from '../support/own-redis.js';
import { startSplit } from '../support/split.js';
import { StallingProxy } from '../support/stalling-proxy.js';
import type { RunningTarget } from '../support/target.js';

type Start = (environment: Readonly<Record<string, string>>) => Promise<RunningTarget>;

const topologies: readonly [string, Start][] = [
  ['one process', startApplication],
  ['gateway and services', startSplit],
];

describe.skipIf(!hasOwnRedis).for(topologies)('with REDIS_URL, %s', ([, start]) => {
  let primary: OwnRedis;
  let replica: OwnRedis;
  let proxy: StallingProxy;
  let target: RunningTarget;
  const clients: Client[] = [];

  const connect = (protocol: Protocol, token?: string) => {
    const { http, grpc = '', mqtt = '' } = target.addresses;
    const url = { rest: http, graphql: http, websocket: http, grpc, mqtt }[protocol];
    const client = createClient({ protocol, url, token, mqttTopicPrefix: target.topicPrefix });
    clients.push(client);
    return client;
  };
  const readiness = async () => (await fetch(`${target.addresses.http}/health/ready`)).status;
  const becomes = (status: number) => eventually(async () => expect(await readiness()).toBe(status));
  // a gateway that gave the service up asks again a moment later
  const signInsWork = async () => {
    for (const protocol of protocols) {
      const signIn = () => connect(protocol).execute(new Login(target.administrator));
      await eventually(signIn);
    }
  };

  beforeAll(async () => {
    [primary, replica] = await Promise.all([OwnRedis.start(), OwnRedis.start()]);
    await replica.follow(primary);
    proxy = await StallingProxy.to(primary.address);
    target = await start({ REDIS_URL: `redis://${proxy.address}` });
  });

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await target?.stop();
    await proxy?.remove();
    await Promise.all([primary, replica].map((server) => server?.stop()));
  });

  /** However many there were. */
  const signInsAloneAreUnavailable = async (token: string) => {
    const login = new Login(target.administrator);
    for (const protocol of protocols) {
      const signIns = Array.from({ length: 10 }, () => connect(protocol).execute(login));
      for (const { status, reason } of (await Promise.allSettled(signIns)) as PromiseRejectedResult[]) {
        expect([status, reason?.code], protocol).toEqual(['rejected', 'SERVICE_UNAVAILABLE']);
      }
      const client = connect(protocol, token);
      await expect(client.execute(new GetMe()), protocol).resolves.toHaveProperty('id');
      await expect(client.execute(new ListAccounts({})), protocol).resolves.toHaveProperty('items');
    }
  };

  test('is not ready while Redis is full: sign-ins are unavailable, the rest is served', async () => {
    const { token } = await connect('rest').execute(new Login(target.administrator));
    await primary.admin.config('SET', 'maxmemory', '1');
    await signInsAloneAreUnavailable(token);
    expect(await readiness()).toBe(503);
    await primary.admin.config('SET', 'maxmemory', '0');
    await becomes(200);
    await signInsWork();
  });

  test('signs in again after a failover in which the former primary becomes a replica', async () => {
    const { token } = await connect('rest').execute(new Login(target.administrator));
    await replica.admin.replicaof('NO', 'ONE');
    await primary.follow(replica);
    await signInsAloneAreUnavailable(token);
    proxy.forwardTo(replica.address);
    await signInsWork();
    await becomes(200);
  });
});
