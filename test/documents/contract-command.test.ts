import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const repository = join(import.meta.dirname, '../..');

describe('npm run contract', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'contract-'));
    // the TypeScript loader looks for itself from the working directory
    symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (...args: string[]) => {
    const { promise, resolve } = Promise.withResolvers<{ code: unknown; output: string }>();
    const program = [
      '--disable-warning=DEP0205',
      '--import',
      '@swc-node/register/esm-register',
      join(repository, 'scripts/contract.ts'),
      ...args,
    ];
    const env = { ...process.env, SWC_NODE_PROJECT: join(repository, 'tsconfig.json') };
    execFile(process.execPath, program, { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
    return promise;
  };

  it('fails on drift, names each document and says how to fix it, which then works', async () => {
    const { code, output } = await run('--check');
    expect(code).toBe(1);
    expect(output).toContain('Run `npm run contract` and commit what it writes.');
    for (const name of ['openapi.json', 'asyncapi.json', 'schema.graphql']) {
      expect(output).toContain(`src/schemas/${name}: is missing`);
    }
    expect(output).toContain('proto/users/v1/users.proto: is missing');

    expect(await run()).toEqual({ code: 0, output: '' });
    expect(existsSync(join(folder, 'proto/users/v1/users.proto'))).toBe(true);
  });

  it('accepts nothing without a reason', async () => {
    expect(await run('--accept', ' ')).toMatchObject({ code: 1, output: expect.stringContaining('Say why') });
  });
});
