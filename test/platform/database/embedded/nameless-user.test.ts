import { chownSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningProcess, startProcess } from '../../../support/process.js';
import { ServerUser } from './server-user.js';

const UID = 4711;
const asNameless = ['setpriv', `--reuid=${UID}`, `--regid=${UID}`, '--clear-groups'];
const wrapperIsInstalled = globSync(['/usr/lib/*/libnss_wrapper.so', '/usr/lib{,64}/libnss_wrapper.so']).length > 0;

let dataDir: string;
let started: RunningProcess | undefined;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'nameless-'));
  started = undefined;
});

afterEach(async () => {
  await started?.end('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
});

/** Status of a registration with the program that runs as `prefix` says. */
async function registration(prefix: readonly string[]): Promise<number> {
  started = startProcess({ DATA_DIR: dataDir }, 'dist/bundle/main.js', prefix);
  const [, url] = await started.line(/Health +(http\S+)\/health/);
  const { status } = await fetch(`${url}/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'someone@example.com', password: 'password123' }),
  });
  return status;
}

/** PATH of a system that refuses user namespaces. */
function pathWithoutNamespaces(): string {
  const bin = join(dataDir, 'bin');
  mkdirSync(bin);
  const refusal = '#!/bin/sh\necho "unshare: unshare failed: Operation not permitted" >&2\nexit 1\n';
  writeFileSync(join(bin, 'unshare'), refusal, { mode: 0o755 });
  return `${bin}:${process.env.PATH}`;
}

describe.skipIf(process.getuid?.() !== 0)('a user id without an entry in /etc/passwd', { timeout: 120_000 }, () => {
  beforeEach(() => chownSync(dataDir, UID, UID));

  test('starts the embedded PostgreSQL, and a registration succeeds', async () => {
    expect(await registration(asNameless)).toBe(201);
    expect(statSync(join(dataDir, 'postgres', 'data')).uid).toBe(UID);
    expect(existsSync(join(dataDir, 'postgres', 'passwd'))).toBe(false);
    expect(await started?.end('SIGTERM')).toBe(0);
    expect(await registration(asNameless)).toBe(409);
  });

  test.runIf(wrapperIsInstalled)('starts it without user namespaces where nss_wrapper is installed', async () => {
    const user = new ServerUser(dataDir, { prefix: asNameless, path: pathWithoutNamespaces() });
    expect(await user.report()).toHaveProperty('port');
    expect((await user.end()).left).toBe('stopped');
  });

  test.skipIf(wrapperIsInstalled)('is refused, with what is missing, where nothing can give it a name', async () => {
    const { error } = await new ServerUser(dataDir, { prefix: asNameless, path: pathWithoutNamespaces() }).report();
    expect(error).toBe(
      `PostgreSQL needs a name for user id ${UID}, which has no entry in /etc/passwd here: add one, install libnss-wrapper, allow user namespaces, or set DATABASE_URL`,
    );
  });

  test('owns the data that root makes in its folder', async () => {
    expect(await registration([])).toBe(201);
    expect(statSync(join(dataDir, 'postgres', 'data')).uid).toBe(UID);
  });
});

describe.skipIf(process.getuid?.() !== 0 || !process.env.NAMESPACES)('root', { timeout: 120_000 }, () => {
  test('starts the embedded PostgreSQL where uid 1000 has no entry in /etc/passwd', async () => {
    const passwd = join(dataDir, 'passwd');
    writeFileSync(passwd, 'root:x:0:0::/:/bin/sh\nsomeone:x:1234:1234::/:/bin/sh\n');
    const elsewhere = ['unshare', '--mount', 'sh', '-c', `mount --bind ${passwd} /etc/passwd; exec "$@"`, 'sh'];
    expect(await registration(elsewhere)).toBe(201);
  });
});
