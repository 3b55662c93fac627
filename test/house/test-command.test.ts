import { expect, test } from 'vitest';
import { serverVariables } from '../../scripts/suites/real-suites.js';
import { inHouse, lendPackages, plant, runNode } from './planted-tree.js';

const withoutServers = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !serverVariables.includes(name)),
);

const testReal = (files: Record<string, string>, env: NodeJS.ProcessEnv) => testCommand(['--real'], files, env);

function testCommand(argv: readonly string[], files: Record<string, string>, env: NodeJS.ProcessEnv = {}) {
  const root = plant({ 'package.json': '{ "type": "module" }', ...files });
  lendPackages(root);
  const args = [
    '--import',
    inHouse('node_modules/@swc-node/register/esm/esm-register.mjs'),
    inHouse('scripts/test.ts'),
    ...argv,
  ];
  return runNode(root, args, { ...withoutServers, ...env, TS_NODE_PROJECT: inHouse('tsconfig.json') });
}

const suite = (body: string) =>
  `import { expect, test } from 'vitest';\n\nconst url = process.env.REDIS_URL;\n${body}\n`;

test('no test at all fails', () => {
  const { status, stdout } = testReal({}, {});
  expect(stdout).toMatch(/^No test ran\.$/m);
  expect(stdout).toMatch(/\n0 passed, 0 failed, 0 skipped\n$/);
  expect(status).toBe(1);
});

test('the suites that need a server run, and the closing line counts them', () => {
  const files = {
    'test/real/redis.test.ts': suite(
      "test('set', () => { expect(url).toBe('redis://here'); });\ntest.skipIf(url)('not', () => {});",
    ),
    'test/pure.test.ts': "import { test } from 'vitest';\ntest('pure', () => {});\n",
  };
  const { status, stdout } = testReal(files, { REDIS_URL: 'redis://here' });
  expect(stdout).toMatch(/\n1 passed, 0 failed, 1 skipped\n$/);
  expect(stdout).toContain('Not set, so their suites are skipped: DATABASE_URL, PGBOUNCER_URL, MQTT_URL, CONSUL_HOST');
  expect(status).toBe(0);
});

test('a failing test and a file that does not load count as failures', () => {
  const files = {
    'test/a.test.ts': suite("test('fails', () => { expect(url).toBe('x'); });"),
    'test/b.test.ts': suite("throw new Error('REDIS_URL');"),
  };
  const { status, stdout } = testReal(files, {});
  expect(stdout).toMatch(/\n0 passed, 2 failed, 0 skipped\n$/);
  expect(status).toBe(1);
});

test('an error outside every test counts as a failure', () => {
  const files = { 'test/a.test.ts': suite("test('passes', () => { void Promise.reject(new Error('unseen')); });") };
  const { status, stdout } = testReal(files, {});
  expect(stdout).toMatch(/\n1 passed, 1 failed, 0 skipped\n$/);
  expect(status).toBe(1);
});

test('the fault suites run after the others, whether a server is there or not', () => {
  const files = {
    'test/faults/killed.test.ts': "import { test } from 'vitest';\ntest('killed', () => {});\n",
    'test/real/redis.test.ts': suite("test('set', () => {});"),
  };
  const { status, stdout } = testReal(files, {});
  expect(stdout.indexOf('redis.test.ts')).toBeLessThan(stdout.indexOf('killed.test.ts'));
  expect(stdout).toMatch(/\n2 passed, 0 failed, 0 skipped\n$/);
  expect(status).toBe(0);
});

test('a path runs the suites that match it, and no other', () => {
  const files = {
    'test/a/one.test.ts': suite("test('one', () => {});"),
    'test/b/other.test.ts': suite("test('other', () => {});"),
  };
  const { status, stdout } = testCommand(['test/a'], files);
  expect(stdout).toContain('Only the suites that match test/a; `npm test` alone runs everything.');
  expect(stdout).toMatch(/\n1 passed, 0 failed, 0 skipped\n$/);
  expect(status).toBe(0);
  const none = testCommand(['test/c'], files);
  expect(none.stdout).toMatch(/\n0 passed, 1 failed, 0 skipped\n$/);
  expect(none.status).toBe(1);
});

test('a test that passed at a second try is named', () => {
  const body = "let tries = 0;\ntest('shaky', { retry: 1 }, () => { expect(++tries).toBe(2); });";
  const { status, stdout } = testCommand(['test'], { 'test/shaky.test.ts': suite(body) });
  expect(stdout).toContain('Needed a second try:\n  test/shaky.test.ts > shaky');
  expect(stdout).toMatch(/\n1 passed, 0 failed, 0 skipped\n$/);
  expect(status).toBe(0);
});

test('a run that hangs is ended, says so and counts as a failure', () => {
  const body = "test('hangs', { timeout: 600_000 }, () => new Promise(() => {}));";
  const { status, stdout } = testCommand(['test'], { 'test/hung.test.ts': suite(body) }, { TEST_LIMIT_MINUTES: '0.1' });
  expect(stdout).toContain('The run was ended after 0.1 minutes. Not finished:');
  expect(stdout).toMatch(/\n0 passed, 1 failed, 0 skipped\n$/);
  expect(status).toBe(1);
});
