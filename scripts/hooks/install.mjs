import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const installer = 'node_modules/simple-git-hooks/cli.js';

function git(/** @type {string[]} */ ...args) {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

/** Hooks that someone put there before: not ours to replace. */
function foreignHooks() {
  if (git('config', 'core.hooksPath')) return true;
  return ['pre-commit', 'commit-msg']
    .map((hook) => git('rev-parse', '--git-path', `hooks/${hook}`))
    .some((file) => existsSync(file) && !readFileSync(file, 'utf8').includes('SIMPLE_GIT_HOOKS'));
}

if (!process.env.CI && existsSync('.git') && existsSync(installer)) {
  if (foreignHooks()) console.log('This clone has commit hooks of its own: they stay, ours are not installed.');
  else spawnSync(process.execPath, [installer]);
}
