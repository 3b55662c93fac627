import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import openapiTypes, { astToString } from 'openapi-typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApplication } from '../support/application.js';
import type { RunningTarget } from '../support/target.js';

const run = promisify(execFile);
const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
/** Where the packages are found. */
const cache = 'node_modules/.cache';

/** What the compiler says. */
const compile = (project: string): Promise<string> =>
  new Promise((resolve) => execFile(process.execPath, [compiler, '-p', project], (_failed, stdout) => resolve(stdout)));

interface Result {
  readonly name: string;
  readonly status: number;
  readonly data?: unknown;
  readonly error?: unknown;
}

describe('a client with the types of openapi-typescript', () => {
  let target: RunningTarget;
  let folder: string;
  let results: ReadonlyMap<string, Result>;

  beforeAll(async () => {
    target = await startApplication();
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(join(cache, 'openapi-typescript-'));
    cpSync(join(import.meta.dirname, 'typescript'), folder, { recursive: true });
    const document = await (await fetch(`${target.addresses.http}/openapi.json`)).text();
    writeFileSync(join(folder, 'api.d.ts'), astToString(await openapiTypes(document)));
    expect(await compile(folder)).toBe('');
    const { email, password } = target.administrator;
    const program = join(folder, 'openapi-fetch-calls.js');
    const { stdout } = await run(process.execPath, [program, target.addresses.http, email, password]);
    results = new Map(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Result)
        .map((each) => [each.name, each]),
    );
  }, 180_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await target?.stop();
  });

  test.each([
    ['register', 201, { user: { name: 'Ada' }, token: expect.any(String) }],
    ['me', 200, { name: 'Ada', email: expect.any(String) }],
    ['create', 201, { name: 'Grace' }],
    ['create again', 201, { name: 'Grace' }],
    ['list', 200, { items: [{ name: 'Grace' }], page_meta: { total_items: 1 } }],
    ['update', 200, { email: expect.any(String) }],
    ['login', 200, expect.stringMatching(/Z$/)],
    ['code', 409, 'USER_EMAIL_TAKEN'],
  ])('reads what it is answered: %s', (name, status, data) => {
    expect(results.get(name)).toMatchObject({ status, data });
  });

  test.each([
    ['register again', 409, 'USER_EMAIL_TAKEN'],
    ['forbidden', 403, 'PERMISSION_DENIED'],
    ['gone', 404, 'USER_NOT_FOUND'],
    ['no administrator less', 409, 'USER_IS_ADMINISTRATOR'],
  ])('knows why it is refused: %s', (name, status, code) => {
    expect(results.get(name)).toMatchObject({ status, error: { status, code } });
  });

  test('reads nothing where there is nothing', () => {
    expect(results.get('delete')).toEqual({ name: 'delete', status: 204 });
  });
});
