// Plain JavaScript, because it runs before every `npm start`: Node's type stripping would double its 40 ms.
import { existsSync } from 'node:fs';
import { compileStale } from './build/compile.mjs';
import { alone } from './build/lock.mjs';
import { clientIsStale, generateClient } from './build/prisma-client.mjs';

const compilersInstalled = existsSync('node_modules/@swc/core') && existsSync('node_modules/prisma');

async function build() {
  if (process.argv.includes('--client')) return alone(generateClient);
  if (clientIsStale()) await alone(() => clientIsStale() && generateClient());
  await compileStale();
}

/** @param {NodeJS.ErrnoException} error */
function explain(error) {
  if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code ?? '')) throw error;
  console.error(
    `The program has to be built again, and this folder cannot be written (${error.message}): build it as its owner.`,
  );
  process.exitCode = 1;
}

if (compilersInstalled) {
  await build().catch(explain);
} else if (!existsSync('dist')) {
  console.error('There is no dist/ to run and no compiler to make it: run `npm ci` without `--omit=dev`, then again.');
  process.exitCode = 1;
}
