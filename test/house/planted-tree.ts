import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

/** The checkout whose rules are put to the test. */
const house = resolve(import.meta.dirname, '../..');

export const inHouse = (path: string) => join(house, path);

/** A folder with these files (path -> text) that goes with the test. */
export function plant(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'planted-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** Lets a planted tree use the packages of the checkout. */
export const lendPackages = (root: string) =>
  symlinkSync(inHouse('node_modules'), join(root, 'node_modules'), 'junction');

/** Runs a JavaScript program on this Node in `cwd`. */
export function runNode(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
  return { status, stdout, stderr, output: `${stdout}${stderr}` };
}
