import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunningProcess, startProcess } from '../support/process.js';

const UID = 4711;

let home: string;
const at = (path: string) => join(home, path);

function start(environment: Readonly<Record<string, string>>, program = 'main'): RunningProcess {
  const asUser = ['setpriv', `--reuid=${UID}`, `--regid=${UID}`, '--clear-groups', 'env', '-C', home];
  // Node keeps one cache for each user
  const compiled = { NODE_COMPILE_CACHE: at('compiled') };
  return startProcess({ ...compiled, ...environment }, resolve(`dist/bundle/${program}.js`), asUser);
}

/** Gives a file to root, whom alone it then serves. */
function lock(path: string): void {
  writeFileSync(at(path), '', { flag: 'a' });
  chownSync(at(path), 0, 0);
  chmodSync(at(path), 0o600);
}

function replaceByFolder(path: string): void {
  rmSync(at(path));
  mkdirSync(at(path));
}

/** The last line of a program that may not use a file, and its exit code. */
async function refusal(environment: Readonly<Record<string, string>>, program?: string) {
  const started = start(environment, program);
  const code = await started.exited();
  return { code, output: started.output };
}

describe.skipIf(process.getuid?.() !== 0)('a file that may not be used ends the start with one plain message', () => {
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'unusable-'));
    chmodSync(home, 0o755);
    lock('key.pem');
    for (const folder of ['whole', 'compiled']) {
      mkdirSync(at(folder));
      chownSync(at(folder), UID, UID);
    }
    const whole = start({ DATA_DIR: at('whole') });
    await whole.line(/is ready/);
    await whole.end('SIGTERM');
  });

  beforeEach(() => {
    rmSync(at('data'), { recursive: true, force: true });
    execFileSync('cp', ['-a', at('whole'), at('data')]);
  });

  afterAll(() => rmSync(home, { recursive: true, force: true }));

  test.each([
    ['a folder that cannot be listed', '/data', () => chmodSync(at('data'), 0o300)],
    ['the lock', '/data/postgres.lock', lock],
    ['the lock of those that join', '/data/postgres.turn', lock],
    ['the folder of the server', '/data/postgres/data', () => chownSync(at('data/postgres'), 0, 0)],
    ['the password', '/data/postgres/password', lock],
    ['the log', '/data/postgres/server.log', lock],
    ['a folder in place of the log', '/data/postgres/server.log', replaceByFolder],
    ['the data of another user', '/data/postgres/data', (path: string) => chownSync(at(path), 0, 0)],
    [
      'the readable data of another user',
      '/data/postgres/data',
      (path: string) => execFileSync('sh', ['-c', 'chown 0 "$1"; chmod 755 "$1"', 'sh', at(path)]),
    ],
    ['the configuration of PostgreSQL', '/data/postgres/data/postgresql.conf', lock],
    ['its pid file', 'postmaster.pid', () => lock('data/postgres/data/postmaster.pid')],
    ['the options of its last start', 'postmaster.opts', () => lock('data/postgres/data/postmaster.opts')],
  ])('DATA_DIR: %s', async (_what, path, spoil) => {
    spoil(path);
    const { code, output } = await refusal({ DATA_DIR: at('data') });
    expect([code, output]).toEqual([1, [expect.stringMatching(/^The data folder cannot be used \(.*DATA_DIR$/)]]);
    expect(output[0]).toContain(path);
  });

  test.each(['reset', 'seed', 'migrate'])('DATA_DIR, for %s', async (program) => {
    lock('data/postgres.turn');
    const { code, output } = await refusal({ DATA_DIR: at('data') }, program);
    expect([code, output]).toEqual([1, [expect.stringMatching(/^The data folder cannot.*postgres\.turn.*DATA_DIR$/)]]);
  });

  test.each([
    ['TLS_CERT_FILE', { TLS_KEY_FILE: 'key.pem' }],
    ['TLS_KEY_FILE', { TLS_CERT_FILE: 'key.pem' }],
    ['GRPC_TLS_CLIENT_CA_FILE', { TLS_CERT_FILE: 'key.pem', TLS_KEY_FILE: 'key.pem' }],
    ['JWT_SECRET_FILE', {}],
    ['DATABASE_URL_FILE', {}],
    ['JWT_PRIVATE_KEY_FILE', {}],
    ['JWT_PUBLIC_KEY_FILES', { JWT_PRIVATE_KEY_FILE: 'key.pem' }],
    ['CONSUL_CA_FILE', { CONSUL_HOST: '127.0.0.1', CONSUL_SECURE: 'true' }],
  ])('%s', async (variable, others) => {
    const { code, output } = await refusal({ DATA_DIR: at('data'), [variable]: 'key.pem', ...others });
    expect(code).toBe(1);
    expect(output).toContainEqual(expect.stringMatching(new RegExp(`^  - ${variable}: "key.pem" cannot be read`)));
    expect(output).not.toContainEqual(expect.stringMatching(/^ +at /));
  });

  test('DATABASE_URL that requires a certificate', async () => {
    const url = 'postgresql://user@127.0.0.1/database?sslmode=verify-full&sslrootcert=key.pem';
    const { code, output } = await refusal({ DATABASE_URL: url });
    expect(code).toBe(1);
    expect(output.at(-1)).toMatch(/^ {2}- DATABASE_URL: .*"key.pem" cannot be read \(EACCES\)/);
  });
});
