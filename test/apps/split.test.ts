import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type RunningProcess, startProcess } from '../support/process.js';
import { freePort } from '../support/split.js';

let dataDir: string;
let running: RunningProcess | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'test-split-'));
});

afterEach(async () => {
  await running?.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

async function start(environment: Readonly<Record<string, string>> = {}): Promise<RunningProcess> {
  const addresses = {
    USER_SERVICE_ADDRESS: `127.0.0.1:${await freePort()}`,
    AUTH_SERVICE_ADDRESS: `127.0.0.1:${await freePort()}`,
  };
  running = startProcess({ DATA_DIR: dataDir, ...addresses, ...environment }, 'dist/split.js');
  return running;
}

const register = (url: string) =>
  fetch(`${url}/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password: 'password123' }),
  });

describe('npm run start:split', () => {
  test('starts gateway and services, says which line is whose, and stops them all', async () => {
    const split = await start();
    const [, http = ''] = await split.line(/^api-gateway +\|.*Health +(http[^/]*\/\/[^/"]+)/);
    await split.line(/^user-service +\|.*Health/);
    await split.line(/^auth-service +\|.*Health/);
    await vi.waitFor(async () => expect((await register(http)).status).toBe(201), { timeout: 5_000, interval: 100 });
    expect(await split.end('SIGINT')).toBe(0);
    await expect(fetch(`${http}/health/live`)).rejects.toThrow();
  });

  test('ends when one of them can not start', async () => {
    const split = await start({ JWT_SECRET: 'one', JWT_PUBLIC_KEY_FILES: 'another.pem' });
    expect(await split.exited()).toBe(1);
    expect(split.output.join()).toContain('JWT_SECRET: is set beside key files');
  });
});
