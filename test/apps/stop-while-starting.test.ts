import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findServer } from '../../src/platform/database/embedded/server-process.js';
import { entryOf } from '../support/entry-of.js';
import { type RunningProcess, startProcess } from '../support/process.js';

let dataDir: string;
let started: RunningProcess;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'stopped-'));
});

afterEach(async () => {
  await started.end('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

function start(program?: string): void {
  started = startProcess({ DATA_DIR: dataDir, SHUTDOWN_TIMEOUT_MS: '600000' }, program);
}

const serverRuns = async () => (await findServer(join(dataDir, 'postgres', 'data'))) !== undefined;

describe('a process that is stopped while it starts', { timeout: 120_000 }, () => {
  test.each([
    ['before its data is made', /^postgres\.turn$/],
    ['while its data is made', /^postgres\.init-/],
    ['while the embedded PostgreSQL starts', /^postgres$/],
  ])('%s ends with 0, and leaves no server', async (_, change) => {
    start();
    await entryOf(dataDir, change);
    expect(await started.end('SIGTERM')).toBe(0);
    expect(await serverRuns()).toBe(false);
    expect(started.output.filter((line) => /error| {4}at /i.test(line))).toEqual([]);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('by %s while the program is loaded', async (signal) => {
    start();
    await entryOf(dataDir, /^postgres$/);
    await entryOf(join(dataDir, 'postgres', 'data'), /^postmaster\.pid$/);
    expect(await started.end(signal)).toBe(0);
    expect(await serverRuns()).toBe(false);
  });

  test('by SIGHUP when it listens and its output is no longer read', async () => {
    start();
    await started.line(/Health +http/);
    expect(await serverRuns()).toBe(true);
    started.child.stdout?.destroy();
    started.child.stderr?.destroy();
    expect(await started.end('SIGHUP')).toBe(0);
    expect(await serverRuns()).toBe(false);
  });
});

test.each(['dist/bundle/migrate.js', 'dist/bundle/seed.js'])(
  'Ctrl-C in %s leaves no server',
  { timeout: 120_000 },
  async (program) => {
    start(program);
    await entryOf(dataDir, /^postgres$/);
    expect(await started.end('SIGINT')).toBe(1);
    expect(await serverRuns()).toBe(false);
  },
);
