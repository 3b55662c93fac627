import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { administer } from '../support/administer.js';
import { supervised } from '../support/child-processes.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { unhurried } from '../support/unhurried.js';

let database: TestDatabase;
let child: ChildProcess;
let url: string;

beforeEach(async () => {
  database = await testDatabase();
});

afterEach(async () => {
  child.kill('SIGKILL');
  await database.drop();
});

/** With unread pipes. */
async function start(environment: Readonly<Record<string, string>>): Promise<void> {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const ports = { PORT: `${port}`, GRPC_PORT: '0', MQTT_PORT: '0' };
  const own = { PATH: process.env.PATH, DATABASE_URL: database.url };
  const env = { ...unhurried, ...own, ...ports, ...environment };
  child = supervised(spawn(process.execPath, ['dist/bundle/main.js'], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
  await eventually(() => fetch(`${url}/health`));
}

/** Each call logs an error with its stack. */
async function fail(calls: number): Promise<void> {
  const body = JSON.stringify({ email: 'someone@example.com', password: 'password123' });
  const headers = { 'content-type': 'application/json' };
  for (let call = 0; call < calls; call += 20) {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => fetch(`${url}/auth/login`, { method: 'POST', headers, body })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([500]));
  }
}

async function droppedLines(): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^log_lines_dropped_total (\d+)$/m.exec(metrics)?.[1]);
}

describe.each(['development', 'test'])('an unread log, in %s', { timeout: 120_000 }, (environment) => {
  it('holds nothing up: lines are dropped and counted, and it says how many when it is read again', async () => {
    await start({ NODE_ENV: environment });
    await administer(database.url, 'alter table accounts rename to gone');
    await fail(100);
    while ((await droppedLines()) === 0) await fail(100);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    const dropped = await droppedLines();
    if (!child.stdout) throw new Error('no output');
    for await (const line of createInterface({ input: child.stdout })) {
      const [, count] = /(\d+) lines of the log were dropped/.exec(line) ?? [];
      if (count === undefined) continue;
      expect(Number(count)).toBe(dropped);
      break;
    }
  });

  it('does not keep the process from stopping', async () => {
    await start({ NODE_ENV: environment });
    await administer(database.url, 'alter table accounts rename to gone');
    while ((await droppedLines()) === 0) await fail(100);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('nor does one whose reader has ended', async () => {
    await start({ NODE_ENV: environment });
    await administer(database.url, 'alter table accounts rename to gone');
    child.stdout?.destroy();
    child.stderr?.destroy();
    await fail(20);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
