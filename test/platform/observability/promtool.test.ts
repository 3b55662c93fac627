import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { startLoneGateway } from '../../support/lone-gateway.js';

const run = promisify(execFile);
const cwd = 'deploy/observability';

/** The program itself, or undefined where there is none. */
function find(): string | undefined {
  const candidate = process.env.PROMTOOL ?? 'promtool';
  return spawnSync(candidate, ['--version']).status === 0 ? candidate : undefined;
}

const promtool = find();

describe.skipIf(promtool === undefined)('with PROMTOOL', () => {
  const check = (...args: string[]) => run(promtool ?? '', args, { cwd });

  test('the alert rules are rules, without a lint', async () => {
    const { stdout } = await check('check', 'rules', '--lint=all', '--lint-fatal', 'alerts.yaml');
    expect(stdout).toMatch(/SUCCESS: \d+ rules found/);
  });

  test('the alerts fire when they should, and then only', async () => {
    expect((await check('test', 'rules', 'alerts.test.yaml')).stdout).toContain('SUCCESS');
  });

  test('the configuration of Prometheus is one', async () => {
    expect((await check('check', 'config', 'prometheus.yaml')).stdout).toContain('SUCCESS');
  });

  test('the metrics of a process parse, and ours are named by the rules', async () => {
    const { application, addresses } = await startLoneGateway();
    await fetch(`${addresses.http}/users/${crypto.randomUUID()}`);
    const input = await (await fetch(`${addresses.http}/metrics`)).text();
    await application.stop();
    const { stdout, stderr } = spawnSync(promtool ?? '', ['check', 'metrics'], { input, encoding: 'utf8' });
    const complaints = `${stdout}${stderr}`.split('\n').filter((line) => !/^(nodejs|process)_|^$/.test(line));
    expect(complaints).toEqual([]);
  });
});
