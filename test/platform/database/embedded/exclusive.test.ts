import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { exclusive } from '../../../../src/platform/database/embedded/exclusive.js';

const name = (): string => `test-${process.pid}-${Math.random()}`;

test('work of one name never overlaps', async () => {
  const lock = name();
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
  const lock = name();
  const failing = exclusive(lock, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  await expect(exclusive(lock, async () => 'free')).resolves.toBe('free');
});

test('a holder killed with kill -9 frees the lock for those that wait', async () => {
  const lock = name();
  const holder = spawn(
    process.execPath,
    ['--import', '@swc-node/register/esm-register', fileURLToPath(new URL('./hold-lock.ts', import.meta.url)), lock],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(holder.stdout, 'data');
  const waiting = exclusive(lock, async () => 'mine');
  holder.kill('SIGKILL');
  await expect(waiting).resolves.toBe('mine');
});
