import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const file = 'node_modules/.cache/build.lock';

/** @param {number} pid */
function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function take() {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

function ownerIsGone() {
  try {
    return !alive(Number(readFileSync(file, 'utf8')));
  } catch {
    return false;
  }
}

/**
 * Runs `work` while no other build of this folder does: two `npm start` at once must not write over each other.
 * @template T
 * @param {() => T | Promise<T>} work
 */
export async function alone(work) {
  mkdirSync('node_modules/.cache', { recursive: true });
  while (!take()) {
    if (ownerIsGone()) rmSync(file, { force: true });
    else await sleep(20);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
