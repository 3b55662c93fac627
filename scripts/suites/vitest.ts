import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyTally, type Tally } from '../tally.js';
import type { Progress } from './progress-reporter.js';

export interface SuitesOutcome {
  readonly tally: Tally;
  /** False also when no single test failed: coverage below the floor, an error outside a test. */
  readonly green: boolean;
}

/** Catches a run that hangs. */
const limitMinutes = Number(process.env.TEST_LIMIT_MINUTES ?? 60);
const progressFile = join(tmpdir(), `test-progress-${process.pid}.json`);

function readProgress(): Progress {
  try {
    return JSON.parse(readFileSync(progressFile, 'utf8')) as Progress;
  } catch {
    return { tally: emptyTally, running: [], retried: [] };
  }
}

function reportRetried({ retried }: Progress): void {
  if (retried.length > 0) console.log(`\nNeeded a second try:\n  ${retried.join('\n  ')}`);
}

function reportHung({ tally, running }: Progress): Tally {
  console.log(`\nThe run was ended after ${limitMinutes} minutes. Not finished:\n  ${running.join('\n  ')}`);
  return { ...tally, failed: tally.failed + Math.max(1, running.length) };
}

/** Runs vitest on this terminal and counts as it goes; `args` are added to its command line. */
export async function runVitest(args: readonly string[]): Promise<SuitesOutcome> {
  const reporters = ['--reporter=default', `--reporter=${join(import.meta.dirname, 'progress-reporter.ts')}`];
  const command = ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args];
  const colours = process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined };
  const env = { ...process.env, ...colours, PROGRESS_FILE: progressFile };
  const timeout = limitMinutes * 60_000;
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'inherit', 'inherit'], timeout });
  const [code] = await once(child, 'close');
  const progress = readProgress();
  rmSync(progressFile, { force: true });
  reportRetried(progress);
  return { tally: child.killed ? reportHung(progress) : progress.tally, green: code === 0 };
}
