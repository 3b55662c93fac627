import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.js';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'interrupted-'));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A run of one test that never ends, in a process group of its own as under a shell. */
function run() {
  const file = join(home, 'endless.test.ts');
  writeFileSync(
    file,
    "import { test } from 'vitest';\ntest('endless', () => new Promise(() => console.log('running')), 0);\n",
  );
  const config = join(home, 'vitest.config.mjs');
  const globalSetup = resolve('test/support/global-setup.ts');
  writeFileSync(
    config,
    `import base from '${resolve('vitest.config.ts')}';
     export default { ...base, test: { ...base.test, include: ['${file}'], globalSetup: ['${globalSetup}'] } };`,
  );
  const { DATABASE_URL: _given, ...environment } = process.env;
  const args = ['run', '--root', resolve('.'), '--config', config, '--dir', home];
  return spawn(resolve('node_modules/.bin/vitest'), args, {
    env: { ...environment, TMPDIR: home },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s ends a run of the tests, and leaves no PostgreSQL and no folder of it',
  { timeout: 120_000 },
  async (signal) => {
    const child = run();
    const ended = once(child, 'exit');
    for await (const line of createInterface({ input: child.stdout })) if (line.includes('running')) break;
    const [pidFile = ''] = globSync(join(home, 'test-database-*', 'postgres', 'data', 'postmaster.pid'));
    const server = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
    process.kill(-(child.pid as number), signal);
    await ended;
    expect(readdirSync(home).filter((entry) => entry.startsWith('test-database-'))).toEqual([]);
    await eventually(() => expect(existsSync(`/proc/${server}`)).toBe(false));
  },
);
