import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inHouse, lendPackages, plant, runNode } from './planted-tree.js';

const check = (message: string) => {
  const root = plant({ COMMIT_EDITMSG: message });
  return runNode(root, [inHouse('scripts/hooks/commit-message.mjs'), 'COMMIT_EDITMSG']);
};

test.each([
  'feat(orders): cancel an unpaid order after 30 minutes',
  'fix!: refuse a token without an audience\n\nIt was taken for any audience.',
  "Merge branch 'main' into next",
  'fixup! feat(orders): cancel an unpaid order',
])('the commit message is taken: %s', (message) => {
  const { status, output } = check(message);
  expect(status, output).toBe(0);
});

test.each(['update', 'feat orders', 'feature: cancel', 'feat(Orders): cancel', `feat: ${'x'.repeat(100)}`])(
  'the commit message is refused with an example: %s',
  (message) => {
    const { status, output } = check(message);
    expect(status).toBe(1);
    expect(output).toContain('feat(orders): cancel an unpaid order after 30 minutes');
  },
);

const { CI: _, ...atHome } = process.env;

function clone(files: Record<string, string> = {}) {
  const hooks = { 'commit-msg': 'exit 0', 'pre-commit': 'exit 0', preserveUnused: true };
  const root = plant({ 'package.json': JSON.stringify({ 'simple-git-hooks': hooks }), ...files });
  lendPackages(root);
  execFileSync('git', ['init', '--quiet', root]);
  return root;
}

const install = (root: string, env: NodeJS.ProcessEnv = atHome) =>
  runNode(root, [inHouse('scripts/hooks/install.mjs')], env);
const installed = (root: string) => existsSync(join(root, '.git/hooks/commit-msg'));

test('a clone gets the hooks', () => {
  const root = clone();
  expect(install(root).status).toBe(0);
  expect(installed(root)).toBe(true);
});

test('continuous integration and a folder without git get none, and no failure', () => {
  const root = clone();
  expect(install(root, { ...atHome, CI: 'true' }).output).toBe('');
  expect(installed(root)).toBe(false);
  const { status, output } = install(plant({ 'package.json': '{}' }));
  expect([status, output]).toEqual([0, '']);
});

test('hooks that were there before stay', () => {
  const root = clone();
  execFileSync('git', ['-C', root, 'config', 'core.hooksPath', 'mine']);
  expect(install(root).output).toContain('they stay');
  expect(existsSync(join(root, 'mine'))).toBe(false);
});
