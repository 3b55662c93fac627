import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.js';
import { inHouse, lendPackages, plant, runNode } from './planted-tree.js';

const suite = `
  import { appendFileSync } from 'node:fs';
  import { afterEach, expect, test } from 'vitest';
  import { startProcess } from '${inHouse('test/support/process.ts')}';

  const start = () => {
    const { child } = startProcess({}, 'endless.mjs');
    appendFileSync('started', \`\${child.pid}\\n\`);
    return child;
  };
  const kept = [];

  test('leaves one to the next test', () => {
    kept.push(start());
  });

  test('is over before it ends what it started', { timeout: 100 }, async () => {
    kept.push(start());
    await new Promise(() => {});
  });

  test('finds the first of them alone', () => {
    expect(kept.map((child) => child.exitCode ?? child.signalCode)).toEqual([null, 'SIGTERM']);
  });
`;

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a test that fails leaves no process, and a test file none at all', async () => {
  const root = plant({
    'package.json': '{ "type": "module" }',
    'endless.mjs': 'setInterval(() => {}, 1_000);',
    'vitest.config.ts': `export default { test: { setupFiles: ['${inHouse('test/support/leave-nothing.ts')}'] } };`,
    'test/left.test.ts': suite,
  });
  lendPackages(root);
  const args = [inHouse('node_modules/vitest/vitest.mjs'), 'run', '--no-color', '--root', root];
  const { output } = runNode(root, args);
  expect(output).toMatch(/Tests +1 failed \| 2 passed/);
  const started = readFileSync(join(root, 'started'), 'utf8').trim().split('\n').map(Number);
  expect(started).toHaveLength(2);
  await eventually(() => expect(started.filter(isRunning)).toEqual([]));
});
