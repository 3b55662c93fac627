import { existsSync } from 'node:fs';
import { command } from './command.js';
import { outdatedPages } from './documentation.js';
import { environmentReaders } from './environment.js';
import type { Gate } from './gate.js';
import { rule } from './gate.js';
import { incompletePlatforms } from './lockfile.js';
import { unwantedNames } from './names.js';
import { crossedTables } from './tables.js';

const cruised = ['src', 'test', 'bench', 'scripts'].filter((folder) => existsSync(folder));

/** Every gate of the test command, the slow ones first. */
export const gates: readonly Gate[] = [
  command('types', 'Fix the types; `npx tsc --noEmit` shows the same.', [
    'node_modules/typescript/bin/tsc',
    '--noEmit',
    '--pretty',
    'false',
  ]),
  command(
    'wire documents',
    'Run `npm run contract` and commit what it writes; a wanted break needs `npm run contract -- --accept "<why>"`.',
    ['--import', '@swc-node/register/esm-register', 'scripts/contract.ts', '--check'],
  ),
  command('deployment files', 'Run `npm run deploy:write` and commit what it writes.', [
    '--import',
    '@swc-node/register/esm-register',
    'scripts/deploy.ts',
    '--check',
  ]),
  command(
    'Compose files',
    'Change what writes the file in scripts/deploy, or the file; .dclintrc.yaml has the rules.',
    [
      'node_modules/dclint/bin/dclint.cjs',
      '--max-warnings=0',
      'docker-compose.yml',
      'deploy/compose.product.yml',
      'deploy/compose.production.yml',
    ],
  ),
  command('diagrams', 'Run `npm run diagrams` and commit what it writes.', [
    '--import',
    '@swc-node/register/esm-register',
    'scripts/diagrams.ts',
    '--check',
  ]),
  command('nothing unused', 'Delete what nobody uses, or stop exporting it; `npx knip` shows the same.', [
    'node_modules/knip/bin/knip.js',
    '--no-progress',
  ]),
  command('lint and format', 'Run `npm run format`, then fix the rest by hand.', [
    'node_modules/@biomejs/biome/bin/biome',
    'ci',
    '--colors=off',
    '--error-on-warnings',
    '--max-diagnostics=30',
    '.',
  ]),
  command('architecture', 'Each line names the rule of .dependency-cruiser.mjs and the way out.', [
    'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
    ...cruised,
    '--config',
    '.dependency-cruiser.mjs',
    '--output-type',
    'err-long',
  ]),
  rule('environment', 'Take the value from the configuration object of src/platform/config.', () =>
    environmentReaders('.'),
  ),
  rule('names', 'Name a file or class after the one thing in it.', () => unwantedNames('.')),
  rule('tables', 'A table belongs to one module: send an operation of the other module over the bus.', () =>
    crossedTables('.'),
  ),
  rule('documentation', 'Name the file, the heading or the lines as they are now; leave out what is gone.', () =>
    outdatedPages('.'),
  ),
  rule('lockfile', 'Run `npm run lock:complete`; as it is, `npm ci` fails on other platforms.', () =>
    incompletePlatforms('.'),
  ),
];
