import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RedisConnection } from '../../../src/platform/cache/redis-connection.js';
import { RedisRateLimiter } from '../../../src/platform/cache/redis-rate-limiter.js';
import { Lines } from '../../remote/discovery/lines.js';
import { eventually } from '../../support/eventually.js';
import { hasOwnRedis, OwnRedis } from '../../support/own-redis.js';
import { StallingProxy } from '../../support/stalling-proxy.js';

const write = (connection: RedisConnection) => connection.send('SET', (redis) => redis.set('mstv:test', '1'));

/** What makes a server refuse to write, what it says then, and what ends that. */
type Fault = readonly [name: string, begin: Change, reason: RegExp, end: Change];
type Change = (server: OwnRedis) => Promise<unknown>;

const set = (name: string, value: string) => (server: OwnRedis) => server.admin.config('SET', name, value);
const acl = (rule: string) => (server: OwnRedis) => server.admin.call('ACL', 'SETUSER', 'default', rule);

const faults: readonly Fault[] = [
  [
    'is a replica',
    (server) => server.admin.replicaof('127.0.0.1', 1),
    /READONLY|MASTERDOWN/,
    (server) => server.admin.replicaof('NO', 'ONE'),
  ],
  ['is at its maxmemory', set('maxmemory', '1'), /OOM/, set('maxmemory', '0')],
  ['misses its replicas', set('min-replicas-to-write', '1'), /NOREPLICAS/, set('min-replicas-to-write', '0')],
  ['takes no writes of this user', acl('-@write'), /NOPERM/, acl('+@write')],
];

describe.skipIf(!hasOwnRedis)('with REDIS_URL, a server of its own that', () => {
  let server: OwnRedis;
  let lines: Lines;
  let connection: RedisConnection;

  beforeEach(async () => {
    server = await OwnRedis.start();
    lines = new Lines();
    connection = new RedisConnection(server.url, lines);
    await connection.health.check();
  });

  afterEach(async () => {
    await connection.close();
    await server.stop();
  });

  describe.for(faults)('%s', ([, begin, reason, end]) => {
    test('is not ready, which is logged once, and is found again', async () => {
      await begin(server);
      for (let times = 0; times < 5; times++) await expect(write(connection)).rejects.toThrow();
      await expect(connection.health.check()).rejects.toThrow('cannot be used');
      expect(lines.all).toEqual([expect.stringMatching(reason)]);
      const found = lines.next(/^Redis can be used again/);
      await end(server);
      await found;
      await expect(write(connection)).resolves.toBe('OK');
      expect(lines.all).toHaveLength(2);
    });

    test('has limits counted in this process', async () => {
      const limiter = new RedisRateLimiter(connection);
      const one = { name: `test-${randomUUID()}`, quota: 1, windowSeconds: 60 };
      await begin(server);
      expect((await limiter.consume(one, 'a')).allowed).toBe(true);
      expect((await limiter.consume(one, 'a')).allowed).toBe(false);
    });
  });

  test('belongs to a cluster that is down is not ready', async () => {
    const cluster = await OwnRedis.start('--cluster-enabled', 'yes');
    const down = new RedisConnection(cluster.url, lines);
    await expect(down.health.check()).rejects.toThrow('cannot be used');
    expect(lines.all).toEqual([expect.stringContaining('CLUSTERDOWN')]);
    await down.close();
    await cluster.stop();
  });

  test('has become a replica is left for the one that its address leads to', async () => {
    const other = await OwnRedis.start();
    const proxy = await StallingProxy.to(server.address);
    const moved = new RedisConnection(`redis://${proxy.address}`, lines);
    await write(moved);
    await other.follow(server);
    await other.admin.replicaof('NO', 'ONE');
    await server.follow(other);
    proxy.forwardTo(other.address);
    const found = lines.next(/used again/);
    await expect(write(moved)).rejects.toThrow('READONLY');
    await found;
    await write(moved);
    expect(await other.admin.get('mstv:test')).toBe('1');
    expect(lines.all).toEqual([expect.stringContaining('READONLY'), expect.stringContaining('again')]);
    await moved.close();
    await proxy.remove();
    await other.stop();
  });

  test('evicts keys when it is full is warned of: sessions are among them', async () => {
    const warned = lines.next(/^Redis evicts keys/);
    await server.admin.config('SET', 'maxmemory', '100mb', 'maxmemory-policy', 'allkeys-lru');
    const evicting = new RedisConnection(server.url, lines);
    await evicting.health.check();
    await warned;
    expect(lines.all).toEqual([expect.stringContaining('(maxmemory-policy allkeys-lru)')]);
    await evicting.close();
  });

  test('has another password since is left alone until the password is right', async () => {
    await server.admin.config('SET', 'requirepass', 'another');
    await server.admin.auth('another');
    await server.admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await eventually(() => expect(lines.all).toHaveLength(1));
    await expect(connection.health.check()).rejects.toThrow('cannot be used');
    expect(lines.all).toEqual([expect.stringMatching(/NOAUTH|closed/)]);
    const found = lines.next(/used again/);
    await server.admin.config('SET', 'requirepass', '');
    await found;
  });
});
