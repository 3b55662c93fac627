import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { container, containerOnHostNetwork, firstProcess, postWithin } from '../../../support/container.js';
import { entryOf } from '../../../support/entry-of.js';
import { eventually } from '../../../support/eventually.js';
import { type RunningProcess, startProcess } from '../../../support/process.js';

let dataDir: string;
let running: RunningProcess[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'containers-'));
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((started) => started.end('SIGKILL')));
  await eventually(() => expect(postmasters()).toEqual([]));
  rmSync(dataDir, { recursive: true });
});

function start(prefix: readonly string[]): RunningProcess {
  const environment = { DATA_DIR: dataDir, SHUTDOWN_TIMEOUT_MS: '600000' };
  const started = startProcess(environment, 'dist/bundle/main.js', prefix);
  running.push(started);
  return started;
}

async function address(started: RunningProcess): Promise<string> {
  const [, url = ''] = await started.line(/Health +(http\S+)\/health/);
  return url;
}

/** Servers of the data folder, by the pids that they have outside of any container. */
function postmasters(): number[] {
  const data = join(dataDir, 'postgres', 'data');
  const found = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && /^postgres\0.*/.test(commandLine(pid, data)));
  // a part of a server has the command line of the whole at first
  return found.filter((pid) => !found.includes(parentOf(pid))).map(Number);
}

/** Empty for a process that has nothing to do with `data`, is a zombie, or is gone. */
function commandLine(pid: string, data: string): string {
  const line = procFile(pid, 'cmdline');
  return line.split('\0').includes(data) ? line.slice(line.lastIndexOf('/', line.indexOf('\0')) + 1) : '';
}

const parentOf = (pid: string): string => /^PPid:\s*(\d+)$/m.exec(procFile(pid, 'status'))?.[1] ?? '';

function procFile(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

const credentials = (name: string) => ({ email: `${name}@example.com`, password: 'password123' });
const refusal = /Another PostgreSQL has the data folder .* cannot be reached from here on 127\.0\.0\.1:\d+ .*container/;

describe.skipIf(!process.env.NAMESPACES)('containers with one data folder', { timeout: 300_000 }, () => {
  test('the second one refuses and says why; the first one continues, and keeps its data', async () => {
    const first = start(container);
    const url = await address(first);
    expect(await postWithin(first.child.pid, `${url}/auth/register`, credentials('before'))).toBe(201);
    const second = start(container);
    expect(await second.exited()).toBe(1);
    expect(second.output.join('\n')).toMatch(refusal);
    expect(second.output.join('\n')).not.toContain('    at ');
    expect(postmasters()).toHaveLength(1);
    expect(await postWithin(first.child.pid, `${url}/auth/register`, credentials('after'))).toBe(201);

    await first.end('SIGKILL');
    const third = start(container);
    const again = await address(third);
    for (const name of ['before', 'after'])
      expect(await postWithin(third.child.pid, `${again}/auth/login`, credentials(name))).toBe(200);
  });

  test('of two that start at once one runs and one refuses', async () => {
    const both = [start(container), start(container)];
    const outcomes = await Promise.all(
      both.map((started) => Promise.race([address(started).then(() => 'runs'), started.exited()])),
    );
    expect(outcomes.sort()).toEqual([1, 'runs']);
    expect(postmasters()).toHaveLength(1);
  });

  test('the second one uses the server of the first if it shares its network, and continues without it', async () => {
    const [first, second] = [start(containerOnHostNetwork), start(containerOnHostNetwork)];
    const [one, other] = await Promise.all([address(first), address(second)]);
    expect(postmasters()).toHaveLength(1);
    const post = (url: string, body: object) =>
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    expect((await post(`${one}/auth/register`, credentials('shared'))).status).toBe(201);
    expect((await post(`${other}/auth/login`, credentials('shared'))).status).toBe(200);
    await first.end('SIGKILL');
    await expect.poll(async () => (await post(`${other}/auth/login`, credentials('shared'))).status).toBe(200);
    expect(postmasters()).toHaveLength(1);
  });

  test('a server whose program was killed keeps its folder to itself', async () => {
    const holder = startProcess({ DATA_DIR: dataDir }, 'dist/bundle/main.js', [
      ...container,
      'sh',
      '-c',
      '"$@" & wait; exec sleep 600',
      'sh',
    ]);
    running.push(holder);
    await address(holder);
    const program = firstProcess(firstProcess(holder.child.pid));
    process.kill(program, 'SIGKILL');
    const second = start(container);
    expect(await second.exited()).toBe(1);
    expect(second.output.join('\n')).toMatch(refusal);
    expect(postmasters()).toHaveLength(1);
  });

  test('whatever is killed, there are never two servers', async () => {
    for (let round = 0; round < 9; round += 1) {
      const pair = [start(round % 2 ? container : containerOnHostNetwork), start(container)];
      const winner = await Promise.any(pair.map((started) => address(started).then(() => started)));
      const victims = [winner.child.pid, firstProcess(winner.child.pid), postmasters()[0]];
      expect(postmasters()).toHaveLength(1);
      process.kill(victims[round % victims.length] as number, 'SIGKILL');
      const heir = start(container);
      await Promise.race([address(heir).catch(() => undefined), heir.exited()]);
      expect(postmasters().length).toBeLessThanOrEqual(1);
      await Promise.all([...pair, heir].map((started) => started.end('SIGKILL')));
    }
    const last = start(container);
    const url = await address(last);
    expect(await postWithin(last.child.pid, `${url}/auth/register`, credentials('last'))).toBe(201);
    const log = readFileSync(join(dataDir, 'postgres', 'server.log'), 'utf8');
    expect(log).not.toMatch(/PANIC|could not locate|data directory lock file is invalid/);
  });
});

describe.skipIf(!process.env.NAMESPACES)('the first process of a container', { timeout: 300_000 }, () => {
  test.each([
    ['before its data is made', /^postgres\.turn$/],
    ['while its data is made', /^postgres\.init-/],
    ['while PostgreSQL starts', /^postgres$/],
  ])('ends with 0 on SIGTERM %s', async (_, change) => {
    const started = start(container);
    await entryOf(dataDir, change);
    process.kill(firstProcess(started.child.pid), 'SIGTERM');
    expect(await started.exited()).toBe(0);
    expect(postmasters()).toEqual([]);
  });
});
