import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { Administrator, Person } from './callers.js';
import { FakeClock } from './fake-clock.js';
import { freePlace, Instance } from './instance.js';
import { report } from './report.js';
import { SteadyLoad, strange } from './steady-load.js';
import { deadlineMs, Topology } from './topology.js';

const { FAKETIME_LIBRARY: library, REDIS_URL } = process.env;
const windowSeconds = 2;
const limiters: [where: string, environment: Readonly<Record<string, string>>][] = [
  ['in memory', {}],
  ...(REDIS_URL ? [['in Redis', { REDIS_URL }] as [string, Record<string, string>]] : []),
];
const steps: readonly [hours: number][] = [[-1], [1]];

interface JsonRpcAnswer {
  readonly error?: { readonly data: { readonly code: string; readonly retry_after?: number } };
}

describe.skipIf(library === undefined)('the clock of a process is set while it runs', () => {
  let clock: FakeClock;

  beforeAll(() => {
    clock = new FakeClock(library ?? '');
  });

  afterEach(() => clock.set(0));

  afterAll(() => clock.remove());

  describe.each(limiters)('limits %s', (_where, limiter) => {
    let database: TestDatabase;
    let instance: Instance;

    beforeAll(async () => {
      database = await testDatabase();
      instance = new Instance(await freePlace(), {
        ...clock.environment,
        ...limiter,
        DATABASE_URL: database.url,
        TRUSTED_PROXIES: '127.0.0.1',
        RATE_LIMITS: `caller=5/${windowSeconds}s,connection=5/${windowSeconds}s`,
      });
      await instance.start();
    });

    afterAll(async () => {
      await instance.remove();
      await database.drop();
    });

    const signIn = async (address: string) => {
      const response = await fetch(`${instance.place.http}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
        body: '{}',
      });
      return { status: response.status, retryAfter: Number(response.headers.get('retry-after')) };
    };

    test.each(steps)('last as long as before when it is set by %i h', async (hours) => {
      const address = `2001:db8:${crypto.randomUUID().slice(0, 4)}:${crypto.randomUUID().slice(0, 4)}::1`;
      const begunAt = performance.now();
      await expect.poll(async () => (await signIn(address)).status, { interval: 1 }).toBe(429);
      clock.set(hours);
      await vi.waitFor(
        async () => {
          const { status, retryAfter } = await signIn(address);
          expect(retryAfter).toBeLessThanOrEqual(windowSeconds);
          expect(status).toBe(400);
        },
        { timeout: 15_000, interval: 100 },
      );
      expect(performance.now() - begunAt).toBeGreaterThan(windowSeconds * 1_000);
    });

    test.each(steps)('of one connection last as long as before when it is set by %i h', async (hours) => {
      const socket = new WebSocket(`${instance.place.http.replace('http', 'ws')}/ws`);
      await once(socket, 'open');
      const ask = async (): Promise<JsonRpcAnswer> => {
        socket.send('{"jsonrpc":"2.0","id":1,"method":"nothing.atAll"}');
        return JSON.parse(String((await once(socket, 'message'))[0]));
      };
      const code = async () => (await ask()).error?.data.code;
      const begunAt = performance.now();
      await expect.poll(code, { interval: 1 }).toBe('RATE_LIMITED');
      clock.set(hours);
      await vi.waitFor(
        async () => {
          const { code: answered, retry_after } = (await ask()).error?.data ?? {};
          expect(retry_after ?? 0).toBeLessThanOrEqual(windowSeconds);
          expect(answered).toBe('UNIMPLEMENTED');
        },
        { timeout: 15_000, interval: 600 },
      );
      expect(performance.now() - begunAt).toBeGreaterThan(windowSeconds * 1_000);
      socket.terminate();
    });
  });

  test('callers of a split product notice nothing when it is set back and right again', {
    timeout: 120_000,
  }, async () => {
    const callers = 10;
    const topology = await Topology.start({ environment: clock.environment });
    try {
      const admin = await Administrator.logIn(topology);
      const people = await Promise.all(
        Array.from({ length: callers }, (_, caller) => Person.register(topology, caller)),
      );
      const load = new SteadyLoad({ callers, deadlineMs }, (caller) => {
        const { reads, renames, renews } = people[caller] as Person;
        return [reads, renames, admin.creates(caller), renews];
      });
      await load.answered(10 * callers);
      for (const hours of [-1, 0]) {
        clock.set(hours);
        const tally = await load.answered(20 * callers);
        report(`the clock is set to ${hours} h`, tally);
        expect([strange(tally), tally.details]).toEqual([[], []]);
      }
      expect((await load.stop()).details).toEqual([]);
    } finally {
      await topology.stop();
    }
  });

  test('circuits close as soon as before when it is set back', { timeout: 120_000 }, async () => {
    const topology = await Topology.start({ environment: clock.environment });
    try {
      const [users] = topology.of('user-service');
      const [gateway] = topology.of('api-gateway');
      const person = await Person.register(topology, 0);
      const load = new SteadyLoad({ callers: 1, deadlineMs }, () => [person.reads]);
      const circuit = async () => {
        const response = await fetch(`${gateway.place.http}/health/circuit/user-service`);
        return ((await response.json()) as { state: string }).state;
      };
      await users.end('SIGKILL');
      await expect.poll(circuit, { timeout: 20_000 }).not.toBe('CLOSED');
      clock.set(-1);
      await users.start();
      await expect.poll(circuit, { timeout: 20_000 }).toBe('CLOSED');
      await load.answered(10);
      await load.stop();
    } finally {
      await topology.stop();
    }
  });
});
