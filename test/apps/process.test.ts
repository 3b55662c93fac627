import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { administer } from '../support/administer.js';
import { testDatabase } from '../support/database.js';
import { type RunningProcess, startProcess } from '../support/process.js';
import { unhurried } from '../support/unhurried.js';

let database: Awaited<ReturnType<typeof testDatabase>>;
let running: RunningProcess[];

beforeEach(async () => {
  running = [];
  database = await testDatabase();
});

afterEach(async () => {
  await Promise.all(running.map((started) => started.end('SIGKILL')));
  await database.drop();
});

const start = (environment: Readonly<Record<string, string>> = {}): RunningProcess => {
  const started = startProcess({ ...unhurried, DATABASE_URL: database.url, ...environment });
  running.push(started);
  return started;
};

const address = async (started: RunningProcess): Promise<string> => {
  const [, url] = await started.line(/Health +(http\S+)\/health/);
  return url as string;
};

const post = (url: string, body: object, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

describe('the process', () => {
  it('says where it listens, is ready, and ends with 0 on SIGTERM', async () => {
    const started = start();
    const url = await address(started);
    const ready = await fetch(`${url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'UP' }]);
    expect(await started.end('SIGTERM')).toBe(0);
  });

  it('answers every request it has taken before it ends', async () => {
    const started = start();
    const url = await address(started);
    const registrations = Array.from({ length: 20 }, (_, index) =>
      post(`${url}/auth/register`, { email: `late${index}@example.com`, password: 'password123' }),
    );
    await Promise.race(registrations);
    expect(await started.end('SIGTERM')).toBe(0);
    const answers = await Promise.all(registrations);
    expect(new Set(answers.map(({ status }) => status)).difference(new Set([201, 503]))).toEqual(new Set());
    for (const answer of answers.filter(({ status }) => status === 201)) {
      expect(await answer.json()).toHaveProperty('token');
    }
  });

  it('is not held up by a request that never arrives whole', async () => {
    const started = start();
    const { hostname, port } = new URL(await address(started));
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(
      'POST /auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"em',
    );
    await fetch(`http://${hostname}:${port}/health/live`);
    expect(await started.end('SIGTERM')).toBe(0);
  });

  it('keeps its data when it is killed, and shares it with a second process', async () => {
    const first = start();
    const credentials = { email: 'kept@example.com', password: 'password123' };
    expect((await post(`${await address(first)}/auth/register`, credentials)).status).toBe(201);
    await first.end('SIGKILL');
    const [second, third] = [start(), start()];
    for (const again of [second, third]) {
      expect((await post(`${await address(again)}/auth/login`, credentials)).status).toBe(200);
    }
  });

  it('refuses a token in the other process soon after its user was deleted in one', async () => {
    const [one, other] = await Promise.all([address(start()), address(start())]);
    const registered = await post(`${one}/auth/register`, { email: 'gone@example.com', password: 'password123' });
    const { token, user } = (await registered.json()) as { token: string; user: { id: string } };
    const authorization = `Bearer ${token}`;
    expect((await fetch(`${other}/users/me`, { headers: { authorization } })).status).toBe(200);
    expect((await fetch(`${one}/users/${user.id}`, { method: 'DELETE', headers: { authorization } })).status).toBe(204);
    await expect.poll(async () => (await fetch(`${other}/users/me`, { headers: { authorization } })).status).toBe(401);
  });

  it('creates the bootstrap administrator once, in any order of start', async () => {
    const admin = { BOOTSTRAP_ADMIN_EMAIL: 'root@example.com', BOOTSTRAP_ADMIN_PASSWORD: 'a password to begin with' };
    const urls = await Promise.all([address(start(admin)), address(start(admin))]);
    for (const url of urls) {
      await expect
        .poll(
          async () =>
            (await post(`${url}/auth/login`, { email: 'root@example.com', password: 'a password to begin with' }))
              .status,
        )
        .toBe(200);
    }
    const login = await post(`${urls[0]}/auth/login`, {
      email: 'root@example.com',
      password: 'a password to begin with',
    });
    const { token } = (await login.json()) as { token: string };
    const listed = await fetch(`${urls[1]}/users?q=root`, { headers: { authorization: `Bearer ${token}` } });
    expect(await listed.json()).toMatchObject({
      items: [{ email: 'root@example.com' }],
      page_meta: { total_items: 1 },
    });
  });
});

describe('a process that cannot start', () => {
  /** Of its own log, which is JSON. */
  const isLog = (line: string) => line.startsWith('{');

  it.each([
    ['PORT', 'HTTP'],
    ['GRPC_PORT', 'gRPC'],
    ['MQTT_PORT', 'MQTT'],
  ])('says that %s is taken', async (variable, protocol) => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const started = start({ [variable]: String(port) });
    expect(await started.exited()).toBe(1);
    expect(started.output.filter((line) => !isLog(line))).toEqual([
      `${protocol} cannot listen on 127.0.0.1:${port} (the port is taken); set ${variable} to a free port`,
    ]);
    holder.close();
  });

  it('names every port that is taken at once, and nothing else goes wrong', async () => {
    const holders = await Promise.all(
      ['PORT', 'GRPC_PORT', 'MQTT_PORT'].map(async (variable) => {
        const holder = createServer().listen(0, '127.0.0.1');
        await once(holder, 'listening');
        return { holder, variable, port: String((holder.address() as AddressInfo).port) };
      }),
    );
    const started = start(Object.fromEntries(holders.map(({ variable, port }) => [variable, port])));
    expect(await started.exited()).toBe(1);
    const plain = started.output.filter((line) => !isLog(line));
    expect(plain).toHaveLength(3);
    for (const { variable, port } of holders)
      expect(plain.join('\n')).toMatch(new RegExp(`:${port} .*taken.*set ${variable} to a free port`));
    const logged = started.output.filter(isLog).map((line) => JSON.parse(line).level);
    expect(logged.filter((level) => level !== 'info')).toEqual([]);
    for (const { holder } of holders) holder.close();
  });

  it('names the services there are', async () => {
    const started = start({ SERVICE_NAME: 'nonsense' });
    expect(await started.exited()).toBe(1);
    expect(started.output.join('\n')).toMatch(/SERVICE_NAME.*monolith/);
  });

  it('names a rate of an operation that does not exist', async () => {
    const started = start({ RATE_LIMITS: 'caller=5/s,users.nope=1/s' });
    expect(await started.exited()).toBe(1);
    expect(started.output.join('\n')).toMatch(/RATE_LIMITS: .*users\.nope/);
  });

  it('names every variable that production needs at once', async () => {
    const started = start({ NODE_ENV: 'production', DATABASE_URL: '' });
    expect(await started.exited()).toBe(1);
    const output = started.output.join('\n');
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'JWT_SECRET']) expect(output).toContain(name);
  });
});

describe('an error of the database', () => {
  const production = {
    NODE_ENV: 'production',
    ALLOW_EMBEDDED: 'true',
    JWT_SECRET: 'q7Zr1vXw9Tn3Lk5Hs8Gd2Jf4Pa6Bm0Yc-Ue',
  };

  it.each([{}, production])('is one plain line: that of the embedded server, with %o', async (environment) => {
    const started = start({ ...environment, DATABASE_URL: '', DATA_DIR: '/dev/null/data' });
    expect(await started.exited()).toBe(1);
    expect(started.output).toEqual([
      expect.stringMatching(/^The data folder \/dev\/null\/data cannot be made: ENOTDIR/),
    ]);
  });

  it.each([{}, production])('is one plain line: that of a migration, with %o', async (environment) => {
    await administer(database.url, 'update _prisma_migrations set checksum = $$edited$$');
    const started = start(environment);
    expect(await started.exited()).toBe(1);
    expect(started.output).toEqual([expect.stringMatching(/^The migration \S+ was edited after it was applied/)]);
  });

  it.each([{}, production])('is one plain line: that of a server that is not there, with %o', async (environment) => {
    const started = start({ ...environment, DATABASE_URL: 'postgres://someone:hidden@localhost:1/shop' });
    expect(await started.exited()).toBe(1);
    expect(started.output).toEqual([expect.stringMatching(/^The migrations .* cannot be read.*ECONNREFUSED/)]);
    expect(started.output.join()).not.toContain('hidden');
  });
});

describe('embedded data', { timeout: 120_000 }, () => {
  const withDataFolder = async (work: (dataDir: string) => Promise<void>) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'mstv-process-'));
    try {
      await work(dataDir);
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  };
  const isServed = (dataDir: string) => existsSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'));

  it('is let go of by a process whose time to stop is up', () =>
    withDataFolder(async (dataDir) => {
      const started = start({ DATABASE_URL: '', DATA_DIR: dataDir, SHUTDOWN_TIMEOUT_MS: '100' });
      const { hostname, port } = new URL(await address(started));
      // longer on its way than the process has time
      const socket = connect(Number(port), hostname).on('error', () => undefined);
      await once(socket, 'connect');
      socket.write('POST /auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{');
      await fetch(`http://${hostname}:${port}/health/live`);
      expect(isServed(dataDir)).toBe(true);
      expect(await started.end('SIGTERM')).toBe(1);
      expect(started.output.join('\n')).toContain('still busy after 100 ms');
      expect(isServed(dataDir)).toBe(false);
    }));

  it('is let go of by a process that cannot listen', () =>
    withDataFolder(async (dataDir) => {
      const holder = createServer().listen(0, '127.0.0.1');
      await once(holder, 'listening');
      const { port } = holder.address() as AddressInfo;
      const started = start({ DATABASE_URL: '', DATA_DIR: dataDir, PORT: String(port) });
      expect(await started.exited()).toBe(1);
      expect(isServed(dataDir)).toBe(false);
      expect(started.output.join('\n')).not.toMatch(/connection to PostgreSQL was lost|"level":"(warn|error)"/);
      holder.close();
    }));

  it('is still there after every process was killed', () =>
    withDataFolder(async (dataDir) => {
      const environment = { DATABASE_URL: '', DATA_DIR: dataDir };
      const first = start(environment);
      const credentials = { email: 'kept@example.com', password: 'password123' };
      expect((await post(`${await address(first)}/auth/register`, credentials)).status).toBe(201);
      await first.end('SIGKILL');
      const second = start(environment);
      expect((await post(`${await address(second)}/auth/login`, credentials)).status).toBe(200);
      expect(await second.end('SIGTERM')).toBe(0);
    }));
});
