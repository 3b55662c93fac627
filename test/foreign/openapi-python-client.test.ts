import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApplication } from '../support/application.js';
import type { RunningTarget } from '../support/target.js';

const { FOREIGN_PYTHON: python = '' } = process.env;
const run = promisify(execFile);

interface Result {
  readonly status: number;
  readonly answer: { readonly class: string; readonly code?: string } | null;
}

const problem = (operation: string, status: number, code: string) => ({
  status,
  answer: { class: `${operation}Response${status}`, status, code },
});

describe.skipIf(python === '')('the client that openapi-python-client generates', () => {
  let target: RunningTarget;
  let folder: string;
  let warnings: string;
  let results: ReadonlyMap<string, Result>;

  const generate = async (document: string) => {
    const path = join(folder, 'openapi.json');
    writeFileSync(path, document);
    const options = ['--meta', 'none', '--overwrite', '--config', join(folder, 'config.yaml')];
    const output = ['--output-path', join(folder, 'generated')];
    const args = ['-m', 'openapi_python_client', 'generate', '--path', path, ...output, ...options];
    const { stdout, stderr } = await run(python, args, { cwd: folder });
    return stdout + stderr;
  };

  beforeAll(async () => {
    target = await startApplication();
    folder = mkdtempSync(join(tmpdir(), 'python-client-'));
    writeFileSync(join(folder, 'config.yaml'), 'post_hooks: []\n');
    const { http } = target.addresses;
    warnings = await generate(await (await fetch(`${http}/openapi.json`)).text());
    const { email, password } = target.administrator;
    const program = join(import.meta.dirname, 'openapi_python_client_calls.py');
    const { stdout } = await run(python, [program, join(folder, 'generated'), http, email, password]);
    const lines = stdout.trim().split('\n');
    results = new Map(
      lines.map((line) => {
        const { name, ...rest } = JSON.parse(line) as Result & { name: string };
        return [name, rest];
      }),
    );
  }, 180_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await target?.stop();
  });

  test('has every answer of the document', () => {
    expect(warnings).not.toMatch(/warning|cannot|skip/i);
    const module = readFileSync(join(folder, 'generated/api/users/delete_user.py'), 'utf8');
    for (const status of [204, 400, 401, 403, 404, 408, 409, 429, 500, 503, 504])
      expect(module).toContain(`if response.status_code == ${status}:`);
  });

  test('lacks those whose schema has a constant', async () => {
    const document = await (await fetch(`${target.addresses.http}/openapi.json`)).text();
    expect(await generate(document.replaceAll('"enum":[503]', '"const":503'))).toContain('Cannot parse response');
  });

  test.each([
    ['register', 201, 'Registration'],
    ['refresh', 200, 'Credentials'],
    ['me', 200, 'User'],
    ['me in time', 200, 'User'],
    ['login', 200, 'Credentials'],
    ['create', 201, 'User'],
    ['create again', 201, 'User'],
    ['list', 200, 'UserPage'],
    ['accounts', 200, 'AccountPage'],
    ['update', 200, 'User'],
    ['clear', 200, 'User'],
    ['get', 200, 'User'],
  ])('reads what it is answered: %s', (name, status, type) => {
    expect(results.get(name)).toMatchObject({ status, answer: { class: type } });
  });

  test.each([
    ['register again', problem('Register', 409, 'USER_EMAIL_TAKEN')],
    ['register badly', problem('Register', 400, 'INVALID_ARGUMENT')],
    ['wrong password', problem('Login', 401, 'AUTH_INVALID_CREDENTIALS')],
    ['not signed in', problem('GetMe', 401, 'UNAUTHENTICATED')],
    ['forbidden', problem('CreateUser', 403, 'PERMISSION_DENIED')],
    ['reused key', problem('CreateUser', 400, 'IDEMPOTENCY_KEY_REUSED')],
    ['gone', problem('GetUser', 404, 'USER_NOT_FOUND')],
    ['signed out', problem('GetMe', 401, 'UNAUTHENTICATED')],
  ])('knows why it is refused: %s', (name, expected) => {
    expect(results.get(name)).toMatchObject(expected);
  });

  test('reads nothing where there is nothing', () => {
    for (const name of ['delete', 'logout']) expect(results.get(name)).toEqual({ status: 204, answer: null });
  });

  test('repeats a command under a key without doing it again', () => {
    expect(results.get('create again')).toEqual(results.get('create'));
    expect(results.get('clear')?.answer).not.toHaveProperty('name');
  });
});
