import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { inHouse, plant } from './planted-tree.js';

const npm = `#!/bin/sh
case "$1" in
  ci) mkdir -p node_modules/.bin && : > node_modules/.bin/vitest && chmod +x node_modules/.bin/vitest; exit "\${CI_CODE:-0}" ;;
  test) printf 'a name with \\000\\n'; printf %s "$TEST_OUTPUT"; echo "\${TEST_LINE-3 passed, 0 failed, 1 skipped}"; exit "\${TEST_CODE:-0}" ;;
  run) [ "$2" = tutorials ] && { echo "\${TUTORIALS_LINE-0 passed, 0 failed, 0 skipped}"; exit; }
    echo "database: $DATABASE_URL, promtool: $PROMTOOL, h2spec: $H2SPEC, consul: $CONSUL_PROGRAM, chromium: $CHROMIUM"
    printf %s "$REAL_OUTPUT"; echo "\${REAL_LINE-2 passed, 0 failed, 0 skipped}"; exit "\${REAL_CODE:-0}" ;;
esac
`;

const service = `#!/bin/sh
echo "$(basename "$0") $1" >> "$(dirname "$0")/log"
[ "$1" != status ] || [ "$(basename "$0")" = redis ]
`;

const servers = {
  'shared/services/up': `#!/bin/sh\necho "export DATABASE_URL=postgresql://real"; exit "\${UP_CODE:-0}"\n`,
  ...Object.fromEntries(
    ['postgres', 'pgbouncer', 'redis', 'mosquitto', 'consul'].map((name) => [`shared/services/${name}`, service]),
  ),
};

/** Runs .ci/run in a checkout whose npm is a script controlled by `env`. */
function ciRun(env: Record<string, string>, files: Record<string, string> = servers) {
  const root = plant({ 'main/.ci/run': readFileSync(inHouse('.ci/run'), 'utf8'), 'bin/npm': npm, ...files });
  for (const file of ['main/.ci/run', 'bin/npm', ...Object.keys(files)]) chmodSync(join(root, file), 0o755);
  const { DATABASE_URL: _, ...variables } = process.env;
  const inherited = { ...variables, PROMTOOL: '', H2SPEC: '', CONSUL_PROGRAM: '', CHROMIUM: '' };
  const path = `${join(root, 'bin')}${delimiter}${process.env.PATH}`;
  const run = spawnSync(join(root, 'main/.ci/run'), { env: { ...inherited, ...env, PATH: path }, encoding: 'utf8' });
  const log = join(root, 'shared/services/log');
  const calls = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  return { ...run, calls, lastLine: run.stdout.trimEnd().split('\n').at(-1) };
}

test('the last line sums up all runs', () => {
  const { status, lastLine } = ciRun({ TUTORIALS_LINE: '2 passed, 0 failed, 0 skipped' });
  expect([status, lastLine]).toEqual([0, '7 passed, 0 failed, 1 skipped']);
});

test('the tests that needed a second try are listed at the end, those of all runs', () => {
  const listed = (name: string) => `\nNeeded a second try:\n  test/${name}.test.ts > works\n\n  another text\n`;
  const { stdout } = ciRun({ TEST_OUTPUT: listed('one'), REAL_OUTPUT: listed('other') });
  const all = '\nNeeded a second try:\n  test/other.test.ts > works\n  test/one.test.ts > works\n\n';
  expect(stdout).toContain(`${all}5 passed, 0 failed, 1 skipped\n`);
  expect(ciRun({}).stdout).not.toContain('second try');
});

test('the second run gets the servers, and those that ran before go on running', () => {
  const { stdout, calls } = ciRun({});
  expect(stdout).toContain('database: postgresql://real');
  expect(calls.filter((call) => call.endsWith('down'))).toEqual([
    'consul down',
    'mosquitto down',
    'pgbouncer down',
    'postgres down',
  ]);
});

test.each(['promtool', 'h2spec', 'consul', 'chromium'])('the second run gets %s where there is one', (name) => {
  const tool = { [`main/.ci/${name}`]: `#!/bin/sh\necho /cache/${name}\n` };
  expect(ciRun({}, { ...servers, ...tool }).stdout).toContain(`${name}: /cache/${name}`);
  const { status, stdout } = ciRun({});
  expect(stdout).toContain(`There is no ${name} here.`);
  expect(status).toBe(0);
});

test('without the servers of the project it says so and takes the variables as they are', () => {
  const { status, stdout, lastLine } = ciRun({ DATABASE_URL: 'postgresql://mine' }, {});
  expect(stdout).toContain('There is no ../shared/services here');
  expect(stdout).toContain('database: postgresql://mine');
  expect([status, lastLine]).toEqual([0, '5 passed, 0 failed, 1 skipped']);
});

test.each([
  ['a failing test', { TEST_LINE: '3 passed, 1 failed, 0 skipped', TEST_CODE: '1' }, '5 passed, 1 failed, 0 skipped'],
  [
    'a failing real suite',
    { REAL_LINE: '1 passed, 1 failed, 0 skipped', REAL_CODE: '1' },
    '4 passed, 1 failed, 1 skipped',
  ],
  ['a crash without a closing line', { TEST_LINE: '', TEST_CODE: '7' }, '2 passed, 1 failed, 0 skipped'],
  ['an install that fails', { CI_CODE: '1', REAL_LINE: '' }, '0 passed, 1 failed, 0 skipped'],
  ['servers that do not start', { UP_CODE: '1' }, '3 passed, 1 failed, 1 skipped'],
  ['no test at all', { TEST_LINE: '0 passed, 0 failed, 0 skipped', REAL_LINE: '' }, '0 passed, 0 failed, 0 skipped'],
])('%s ends with another code than 0', (_, env, line) => {
  const { status, lastLine } = ciRun(env);
  expect([status, lastLine]).toEqual([1, line]);
});
