import { afterEach, describe, expect, test } from 'vitest';
import { protocols } from '../../src/contract/operation.js';
import { Login } from '../../src/modules/auth/contract/index.js';
import { GetMe } from '../../src/modules/users/contract/index.js';
import { consulServer, hasConsul } from '../remote/discovery/consul-server.js';
import { startApplication } from '../support/application.js';
import { createClient } from '../support/create-client.js';
import { testDatabase } from '../support/database.js';
import { startSplit } from '../support/split.js';
import { StallingProxy } from '../support/stalling-proxy.js';
import type { RunningTarget } from '../support/target.js';

const { REDIS_URL, MQTT_URL } = process.env;

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function running<T extends RunningTarget>(target: T): T {
  closers.push(() => target.stop());
  return target;
}

/** The server of `url`, at an IPv6 address. */
async function overIpv6(url: string): Promise<string> {
  const there = new URL(url);
  const proxy = await StallingProxy.to(there.host, '::1');
  closers.push(() => proxy.remove());
  // that of a URL of another scheme cannot be given brackets
  return url.replace(there.host, proxy.address);
}

async function serves({ addresses, administrator, topicPrefix }: RunningTarget): Promise<void> {
  const { http, grpc = '', mqtt = '' } = addresses;
  const urls = { rest: http, graphql: http, websocket: http, grpc, mqtt };
  for (const protocol of protocols) {
    expect(urls[protocol]).toMatch(/(^|\/\/)\[::1\]:\d+$/);
    const connect = (token?: string) =>
      createClient({ protocol, url: urls[protocol], token, mqttTopicPrefix: topicPrefix });
    const anyone = connect();
    const { token } = await anyone.execute(new Login(administrator));
    const signedIn = connect(token);
    expect(await signedIn.execute(new GetMe())).toMatchObject({ email: administrator.email });
    await Promise.all([anyone.close(), signedIn.close()]);
  }
  expect((await fetch(`${http}/health/ready`)).status).toBe(200);
}

describe('at IPv6 addresses', { timeout: 120_000 }, () => {
  test.each(['::1', '[::1]'])('one process serves every protocol, HOST=%s, with its database', async (HOST) => {
    const database = await testDatabase();
    closers.push(() => database.drop());
    await serves(running(await startApplication({ HOST, DATABASE_URL: await overIpv6(database.url), MQTT_URL: '' })));
  });

  test('gateway and services find each other and serve every protocol', async () => {
    await serves(running(await startSplit({ HOST: '::1' })));
  });

  test.skipIf(!hasConsul)('gateway and services find each other in Consul (CONSUL_HOST)', async () => {
    const proxy = new URL(await overIpv6(`http://${consulServer.host}:${consulServer.port}`));
    const consul = { DISCOVERY: 'consul', CONSUL_HOST: '::1', CONSUL_PORT: proxy.port };
    await serves(running(await startSplit({ HOST: '::1', ...consul })));
  });

  test.skipIf(!REDIS_URL)('Redis is used (REDIS_URL)', async () => {
    const redis = await overIpv6(REDIS_URL ?? '');
    await serves(running(await startApplication({ HOST: '::1', REDIS_URL: redis, MQTT_URL: '' })));
  });

  test.skipIf(!MQTT_URL)('an MQTT broker is used (MQTT_URL)', async () => {
    const broker = await overIpv6(MQTT_URL ?? '');
    await serves(running(await startApplication({ HOST: '::1', MQTT_URL: broker })));
  });
});
