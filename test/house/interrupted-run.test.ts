import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { supervised } from '../support/child-processes.js';
import { eventually } from '../support/eventually.js';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'interrupted-'));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Never ends, and starts a process that gets no signal of the group. */
const suite = () => `
  import { test } from 'vitest';
  import { startProcess } from '${resolve('test/support/process.ts')}';

  test('endless', { timeout: 0 }, () => {
    const { child } = startProcess({}, '${join(home, 'endless.mjs')}', ['setsid']);
    console.log(\`running \${child.pid}\`);
    return new Promise(() => {});
  });
`;

/** A run of one test, in a process group of its own as under a shell. */
function run() {
  const file = join(home, 'endless.test.ts');
  writeFileSync(join(home, 'endless.mjs'), 'setInterval(() => {}, 1_000);\n');
  writeFileSync(file, suite());
  const config = join(home, 'vitest.config.mjs');
  const globalSetup = resolve('test/support/global-setup.ts');
  writeFileSync(
    config,
    `import base from '${resolve('vitest.config.ts')}';
     export default { ...base, test: { ...base.test, include: ['${file}'], globalSetup: ['${globalSetup}'] } };`,
  );
  const { DATABASE_URL: _given, ...environment } = process.env;
  const args = ['run', '--root', resolve('.'), '--config', config, '--dir', home];
  const env = { ...environment, TMPDIR: home };
  const command = resolve('node_modules/.bin/vitest');
  return supervised(spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'], detached: true }));
}

async function processOfTest(output: Readable): Promise<number> {
  for await (const line of createInterface({ input: output })) {
    const [, pid] = /running (\d+)/.exec(line) ?? [];
    if (pid !== undefined) return Number(pid);
  }
  throw new Error('the test has not begun');
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s ends a run of the tests, and leaves no PostgreSQL, no folder of it and no process of a test',
  { timeout: 120_000 },
  async (signal) => {
    const child = run();
    const ended = once(child, 'exit');
    const started = await processOfTest(child.stdout);
    const [pidFile = ''] = globSync(join(home, 'test-database-*', 'postgres', 'data', 'postmaster.pid'));
    const server = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
    process.kill(-(child.pid as number), signal);
    await ended;
    expect(readdirSync(home).filter((entry) => entry.startsWith('test-database-'))).toEqual([]);
    const left = () => [server, started].filter((pid) => existsSync(`/proc/${pid}`));
    await eventually(() => expect(left()).toEqual([]));
  },
);
