import { execFileSync } from 'node:child_process';
import { on, once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  embeddedPostgres,
} from '../../../../src/platform/database/embedded/embedded-postgres.js';
import { findServer } from '../../../../src/platform/database/embedded/server-process.js';
import { eventually } from '../../../support/eventually.js';
import { ServerUser } from './server-user.js';

const root = process.getuid?.() === 0;
const NOBODY = 65534;

/** A server's data from a first start, to be copied where the first start is not what is tested. */
let pristine: string;
let dataDir: string;
let started: EmbeddedPostgres[];

beforeAll(async () => {
  pristine = mkdtempSync(join(tmpdir(), 'pristine-'));
  const server = await embeddedPostgres({ dataDir: pristine });
  await server.ensureDatabase('shop');
  await server.stop();
});

afterAll(() => rmSync(pristine, { recursive: true }));

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'embedded-'));
  started = [];
});

afterEach(async () => {
  for (const server of started) await server.stop();
  const left = await findServer(join(dataDir, 'postgres', 'data'));
  rmSync(dataDir, { recursive: true, force: true });
  expect(left).toBeUndefined();
});

const copyPristine = () => execFileSync('cp', ['-a', join(pristine, 'postgres'), dataDir]);

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  if (readdirSync(dataDir).length === 0) copyPristine();
  const server = await embeddedPostgres({ dataDir, fsync: false, ...options });
  started.push(server);
  await server.ensureDatabase('shop');
  return server;
}

async function query(server: EmbeddedPostgres, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(server.url('shop'));
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function serverPid(folder = dataDir): Promise<number> {
  const server = await findServer(join(realpathSync(join(folder, 'postgres')), 'data'));
  if (!server) throw new Error('no server runs');
  return server.pid;
}

describe('one server per data folder', () => {
  test('keeps its data from one start to the next, at the same port', async () => {
    const first = await start();
    await query(first, 'create table note as select 7 as number');
    const { port } = first;
    expect(await first.stop()).toBe('stopped');

    const second = await start();
    expect(await query(second, 'select number from note')).toEqual([{ number: 7 }]);
    expect(second.port).toBe(port);
  });

  test('is found by a second user and stopped by the last one', async () => {
    const [first, second] = [await start(), await start()];
    expect(second.port).toBe(first.port);
    expect(await first.stop()).toBe('in use');
    expect(await query(second, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await second.stop()).toBe('stopped');
  });

  test('is not stopped under a connection that someone else has', async () => {
    const server = await start();
    const url = new URL(server.url('shop'));
    url.searchParams.delete('application_name');
    const psql = new pg.Client(url.href);
    await psql.connect();
    expect(await server.stop()).toBe('in use');
    await psql.end();
    expect(await (await start()).stop()).toBe('stopped');
  });

  test('is stopped even if an unidentified connection is open', async () => {
    const server = await start();
    const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
    const startUp = Buffer.from('\0\0\0\0\0\x03\0\0user\0app\0database\0shop\0\0', 'latin1');
    startUp.writeInt32BE(startUp.length);
    socket.write(startUp);
    await once(socket, 'data');
    expect(await server.stop()).toBe('stopped');
    socket.destroy();
  });

  test('is started once by two processes that come at the same time', async () => {
    const users = [new ServerUser(dataDir), new ServerUser(dataDir)];
    const [one, other] = await Promise.all(users.map((user) => user.report()));
    expect(one?.port).toBeGreaterThan(0);
    expect(other?.port).toBe(one?.port);
    expect((await users[0]?.end())?.left).toBe('in use');
    expect((await users[1]?.end())?.left).toBe('stopped');
  });

  test('refuses connections without the password, which only the owner can read', async () => {
    const server = await start();
    const url = new URL(server.url('shop'));
    url.password = 'guess';
    // the server may close the connection before its reason has been read
    await eventually(() => expect(new pg.Client(url.href).connect()).rejects.toThrow(/password authentication failed/));
    expect(statSync(join(dataDir, 'postgres', 'password')).mode & 0o777).toBe(0o600);
  });

  test('gives the program a role that is bound by row level security', async () => {
    const server = await start();
    expect(await query(server, 'select rolsuper, rolbypassrls from pg_roles where rolname = current_user')).toEqual([
      { rolsuper: false, rolbypassrls: false },
    ]);
  });
});

describe('kill -9', () => {
  test('of the server: it is started again for those that use it, with what was committed', async () => {
    const server = await start({ fsync: true });
    await query(server, 'create table note as select 7 as number');
    const before = await serverPid();
    process.kill(before, 'SIGKILL');
    const rows = await eventually(() => query(server, 'select number from note'));
    expect(rows).toEqual([{ number: 7 }]);
    expect(await serverPid()).not.toBe(before);
  });

  test('of the process that started it: it runs on and the next one finds it', async () => {
    copyPristine();
    const starter = new ServerUser(dataDir);
    await starter.report();
    const before = await serverPid();
    await starter.kill();
    const server = await start();
    expect(await serverPid()).toBe(before);
    expect(await server.stop()).toBe('stopped');
  });

  test('of both: the next one starts it, zombie or not', async () => {
    copyPristine();
    const starter = new ServerUser(dataDir);
    await starter.report();
    const before = await serverPid();
    await starter.kill();
    process.kill(before, 'SIGKILL');
    await start();
    expect(await serverPid()).not.toBe(before);
  });

  test.runIf(existsSync('/proc/self/task'))(
    'of the server, one of whose processes stands still: no second server starts beside it',
    async () => {
      copyPristine();
      const user = new ServerUser(dataDir);
      await user.report();
      await user.kill();
      const server = await serverPid();
      const [part = ''] = readFileSync(`/proc/${server}/task/${server}/children`, 'utf8').split(' ');
      process.kill(Number(part), 'SIGSTOP');
      process.kill(server, 'SIGKILL');
      await expect(start()).rejects.toThrow(/Another PostgreSQL has the data folder/);
      process.kill(Number(part), 'SIGKILL');
      expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
    },
  );

  test('in the middle of the first start: the next one begins anew', async () => {
    const watcher = watch(dataDir);
    const starter = new ServerUser(dataDir);
    for await (const [, entry] of on(watcher, 'change')) if (/^postgres\.init-/.test(entry)) break;
    watcher.close();
    await starter.kill();
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);

    const server = await start();
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('before a reboot that gave its pid to another process', async () => {
    const server = await start();
    await server.stop();
    writeFileSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'), `${process.pid}\n${dataDir}\n`, { mode: 0o600 });
    if (root)
      execFileSync('chown', [
        '--reference',
        join(dataDir, 'postgres'),
        join(dataDir, 'postgres', 'data', 'postmaster.pid'),
      ]);
    expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('what it refuses, it explains', () => {
  test('data of another major version', async () => {
    await (await start()).stop();
    writeFileSync(join(dataDir, 'postgres', 'data', 'PG_VERSION'), '17\n');
    await expect(start()).rejects.toThrow(/holds data of PostgreSQL 17, this program brings PostgreSQL 18.*pg_dump/);
  });

  test('a folder with something else in it', async () => {
    mkdirSync(join(dataDir, 'postgres'));
    writeFileSync(join(dataDir, 'postgres', 'diary.txt'), '');
    await expect(start()).rejects.toThrow(/is not empty and holds no database/);
  });

  test('a data folder that cannot be made', async () => {
    writeFileSync(join(dataDir, 'file'), '');
    await expect(start({ dataDir: join(dataDir, 'file', 'data') })).rejects.toThrow(/cannot be made: ENOTDIR/);
  });

  test('a configured port that is taken', async () => {
    const { occupant, port } = await listening();
    await expect(start({ port })).rejects.toThrow(`Port ${port} for the embedded PostgreSQL is taken`);
    occupant.close();
  });

  test('but when only the port of the last start is taken, it takes another one', async () => {
    const first = await start();
    await first.stop();
    const { occupant } = await listening(first.port);
    const second = await start();
    expect(second.port).not.toBe(first.port);
    occupant.close();
  });

  describe.skipIf(!canMount())('a full disk', () => {
    async function onFullDisk(size: string, fill: string): Promise<string | undefined> {
      const script = `mount -t tmpfs -o size=${size} none ${dataDir} && ${fill} && exec "$@"`;
      const prefix = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh'];
      return (await new ServerUser(dataDir, { prefix }).report()).error;
    }
    const message = /The disk of the data folder .* is full \(\d+ MiB left\)/;

    test('at the first start', async () => {
      expect(await onFullDisk('20m', 'true')).toMatch(message);
    });

    test('at a later start', async () => {
      const fill = `(dd if=/dev/zero of=${dataDir}/fill bs=4k >/dev/null 2>&1 || true)`;
      const copy = `cp -a ${pristine}/postgres ${dataDir}`;
      expect(await onFullDisk('64m', `${copy} && ${fill}`)).toMatch(message);
      const killed = `echo 1 > ${dataDir}/postgres/data/postmaster.pid`;
      expect(await onFullDisk('64m', `${copy} && ${killed} && ${fill}`)).toMatch(message);
    });
  });
});

describe.skipIf(!root)('as root', () => {
  test('runs in a user namespace, in folders that only root may enter', async () => {
    chmodSync(dataDir, 0o700);
    await start();
    expect(statSync(join(dataDir, 'postgres', 'data')).uid).toBe(0);
    expect(
      readFileSync(`/proc/${await serverPid()}/uid_map`, 'utf8')
        .trim()
        .split(/\s+/),
    ).toEqual(['1000', '0', '1']);
  });

  test('where user namespaces are refused it runs as uid 65534, in a folder that uid can reach', async () => {
    chmodSync(dataDir, 0o700);
    const user = new ServerUser(dataDir, { path: pathWithoutNamespaces() });
    expect(await user.report()).toHaveProperty('port');
    const folder = realpathSync(join(dataDir, 'postgres'));
    expect(folder).not.toContain(dataDir);
    expect(statSync(join(folder, 'data')).uid).toBe(NOBODY);
    const found = await start();
    expect((await user.end()).left).toBe('in use');
    expect(await found.stop()).toBe('stopped');
    rmSync(folder, { recursive: true });
  });

  test('an ordinary user starts it too, root then shares it, and the files stay the user’s', async () => {
    execFileSync('chown', [`${NOBODY}:${NOBODY}`, dataDir]);
    const prefix = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
    const user = new ServerUser(dataDir, { prefix });
    expect(await user.report()).toHaveProperty('port');
    expect((await user.end()).left).toBe('stopped');
    await (await start()).stop();
    const owners = readdirSync(dataDir, { recursive: true }).map((entry) => statSync(join(dataDir, String(entry))).uid);
    expect(new Set(owners)).toEqual(new Set([NOBODY]));
    const again = new ServerUser(dataDir, { prefix });
    expect(await again.report()).toHaveProperty('port');
    await again.end();
  });

  test('an ordinary user gets an error that says that the data belongs to root', async () => {
    chmodSync(dataDir, 0o755);
    await (await start()).stop();
    const prefix = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
    const { error } = await new ServerUser(dataDir, { prefix }).report();
    expect(error).toMatch(/cannot be used \(EACCES.*may belong to another user/);
  });
});

async function listening(port = 0): Promise<{ occupant: ReturnType<typeof createServer>; port: number }> {
  const occupant = createServer().listen(port, '127.0.0.1');
  await once(occupant, 'listening');
  return { occupant, port: (occupant.address() as AddressInfo).port };
}

function canMount(): boolean {
  try {
    execFileSync('unshare', ['--user', '--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'none', tmpdir()]);
    return true;
  } catch {
    return false;
  }
}

/** What a container's seccomp profile does to unshare. */
function pathWithoutNamespaces(): string {
  const bin = join(dataDir, 'bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'unshare'),
    '#!/bin/sh\necho "unshare: unshare failed: Operation not permitted" >&2\nexit 1\n',
    { mode: 0o755 },
  );
  return `${bin}:${process.env.PATH}`;
}
