import { randomUUID } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RedisConnection } from '../../../src/platform/cache/redis-connection.js';
import { RedisRateLimiter } from '../../../src/platform/cache/redis-rate-limiter.js';
import { eventually } from '../../support/eventually.js';
import { rateLimiterBehaviour } from './rate-limiter.behaviour.js';

const url = process.env.REDIS_URL;
const policy = (quota: number) => ({ name: `test-${randomUUID()}`, quota, windowSeconds: 60 });

class Lines {
  readonly warnings: string[] = [];
  readonly notes: string[] = [];
  warn = (line: string) => void this.warnings.push(line);
  log = (line: string) => void this.notes.push(line);
}

/** A connection to the server of `target` on which nothing passes while it is frozen. */
async function freezableWire(target: URL) {
  let frozen = false;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [from, to] of [[near, far] as const, [far, near] as const]) {
      sockets.add(from);
      from.on('data', (bytes) => frozen || to.write(bytes));
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    freeze: () => {
      frozen = true;
    },
    thaw: () => {
      frozen = false;
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

describe.skipIf(url === undefined)('with REDIS_URL', () => {
  const connections = [0, 1].map(() => new RedisConnection(url ?? '', new Lines()));

  beforeAll(async () => {
    for (const connection of connections) await connection.health.check();
  });
  afterAll(() => Promise.all(connections.map((connection) => connection.close())));

  const limiterOf = (index: number) => new RedisRateLimiter(connections[index] ?? new RedisConnection(''));

  rateLimiterBehaviour('the rate limiter in Redis', async () => ({
    limiter: limiterOf(0),
    afterASecond: (check) => eventually(check),
  }));

  test('two processes on one Redis share a quota', async () => {
    const [one, other] = [limiterOf(0), limiterOf(1)];
    const two = policy(2);
    expect((await one.consume(two, 'a')).allowed).toBe(true);
    expect((await other.consume(two, 'a')).allowed).toBe(true);
    expect((await one.consume(two, 'a')).allowed).toBe(false);
    expect((await other.peek(two, 'a')).allowed).toBe(false);
  });

  test('a server that freezes is left alone until it answers again', async () => {
    const wire = await freezableWire(new URL(url ?? ''));
    const lines = new Lines();
    const connection = new RedisConnection(`redis://127.0.0.1:${wire.port}`, lines);
    const limiter = new RedisRateLimiter(connection);
    const hundred = policy(100);
    await connection.health.check();
    await limiter.consume(hundred, 'a');
    wire.freeze();
    expect(await limiter.consume(hundred, 'a')).toMatchObject({ allowed: true, remaining: 99 });
    await eventually(() => expect(connection.client.status).not.toBe('ready'));
    expect(await limiter.consume(hundred, 'a')).toMatchObject({ remaining: 98 });
    wire.thaw();
    await eventually(() => expect(connection.client.status).toBe('ready'));
    expect((await limiter.peek(hundred, 'a')).remaining).toBeLessThan(99);
    expect(lines).toMatchObject({
      warnings: [expect.stringContaining('Redis cannot be used')],
      notes: ['Redis can be used again'],
    });
    await connection.close();
    wire.close();
  });

  test('what was counted is forgotten by Redis itself when the window ends', async () => {
    const two = policy(2);
    await limiterOf(0).consume(two, 'a');
    const ttl = await connections[0]?.client.ttl(`mstv:rate:${two.name}:60:a`);
    expect(ttl).toBeGreaterThan(50);
  });
});

describe('without Redis', () => {
  const opened: { connection: RedisConnection; server?: Server }[] = [];

  afterEach(async () => {
    for (const { connection, server } of opened.splice(0)) {
      await connection.close();
      server?.close();
    }
  });

  /** A port without a listener: its server has ended. */
  async function deadPort() {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  test('each process counts for itself, and the outage is logged once', async () => {
    const lines = new Lines();
    const connection = new RedisConnection(`redis://user:s3cr3t@127.0.0.1:${await deadPort()}`, lines);
    opened.push({ connection });
    const limiter = new RedisRateLimiter(connection);
    const one = policy(1);
    expect(await limiter.consume(one, 'a')).toMatchObject({ allowed: true });
    expect(await limiter.consume(one, 'a')).toMatchObject({ allowed: false });
    expect(await limiter.peek(one, 'a')).toMatchObject({ allowed: false });
    await limiter.reset(one, 'a');
    expect(await limiter.peek(one, 'a')).toMatchObject({ allowed: true });
    await expect(connection.health.check()).rejects.toThrow('cannot be used');
    await new Promise<void>((resolve) => {
      let attempts = 0;
      connection.client.on('error', () => ++attempts === 2 && resolve());
    });
    expect(lines.warnings).toEqual([expect.stringMatching(/^Redis cannot be used \(.*ECONNREFUSED/)]);
    expect(lines.warnings[0]).not.toContain('s3cr3t');
  });

  test('a server that does not answer delays nobody', async () => {
    const server = createServer((socket) => socket.on('error', () => socket.destroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const connection = new RedisConnection(`redis://127.0.0.1:${(server.address() as AddressInfo).port}`, new Lines());
    opened.push({ connection, server });
    await expect(connection.health.check()).rejects.toThrow('cannot be used');
    expect(await new RedisRateLimiter(connection).consume(policy(1), 'a')).toMatchObject({ allowed: true });
  });

  test('a connection that was never used has nothing to close', async () => {
    await new RedisConnection('redis://127.0.0.1:1', new Lines()).close();
  });
});
