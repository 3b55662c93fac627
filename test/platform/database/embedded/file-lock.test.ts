import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exclusive, tryLock } from '../../../../src/platform/database/embedded/file-lock.js';
import { supervised } from '../../../support/child-processes.js';

let folder: string;
let lock: { path: string };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  lock = { path: join(folder, 'lock') };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('work under one lock never overlaps', async () => {
  let running = 0;
  let most = 0;
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((done) => setImmediate(done));
    running -= 1;
    return most;
  };
  await Promise.all(Array.from({ length: 8 }, () => exclusive(lock, work)));
  expect(most).toBe(1);
});

test('work that throws frees the lock', async () => {
  const failing = exclusive(lock, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  await expect(exclusive(lock, async () => 'free')).resolves.toBe('free');
});

test('a holder killed with kill -9 frees the lock for those that wait', async () => {
  const script = fileURLToPath(new URL('./hold-lock.ts', import.meta.url));
  const args = ['--import', '@swc-node/register/esm-register', script, lock.path];
  const holder = supervised(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
  await once(holder.stdout, 'data');
  const waiting = exclusive(lock, async () => 'mine');
  holder.kill('SIGKILL');
  await expect(waiting).resolves.toBe('mine');
});

test('a process that inherited the lock holds it when the one that took it has let go', async () => {
  const taken = await tryLock(lock);
  const heir = supervised(spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', taken?.fd] }));
  await once(heir, 'spawn');
  await taken?.close();
  expect(await tryLock(lock)).toBeUndefined();
  heir.kill('SIGKILL');
  await expect(exclusive(lock, async () => 'free')).resolves.toBe('free');
});

test('a lock on a file that was removed meanwhile does not count', async () => {
  const taken = await tryLock(lock);
  const late = exclusive(lock, async () => (await tryLock(lock)) === undefined);
  await rm(lock.path);
  await taken?.close();
  await expect(late).resolves.toBe(true);
});

test.skipIf(process.getuid?.() === 0)('a folder that cannot be written is named', async () => {
  chmodSync(folder, 0o555);
  await expect(tryLock(lock)).rejects.toThrow(/cannot be used \(EACCES.*choose another DATA_DIR/);
});
