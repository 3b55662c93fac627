// Plain JavaScript, because it runs before every `npm start`: Node's type stripping would double its 40 ms.
import { existsSync } from 'node:fs';
import { compileStale } from './build/compile.mjs';
import { alone } from './build/lock.mjs';
import { clientIsStale, generateClient } from './build/prisma-client.mjs';

const compilersInstalled = existsSync('node_modules/@swc/core') && existsSync('node_modules/prisma');

if (process.argv.includes('--client')) {
  await alone(generateClient);
} else if (compilersInstalled) {
  if (clientIsStale()) await alone(() => clientIsStale() && generateClient());
  await compileStale();
} else if (!existsSync('dist')) {
  console.error('There is no dist/ to run and no compiler to make it: run `npm ci` without `--omit=dev`, then again.');
  process.exitCode = 1;
}
