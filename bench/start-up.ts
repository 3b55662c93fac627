import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Child } from './child.js';
import type { LoadOrder } from './generate-load.js';
import type { Answered } from './loads/load.js';
import { memoryOf } from './machine.js';

export interface Start {
  /** Milliseconds from the start of the command until the process says that it is ready. */
  readonly ready: number;
  /** MiB, idle. */
  readonly rss: number;
  readonly pss: number;
}

export interface Memory {
  /** MiB, resident. */
  readonly idle: number;
  readonly underLoad: number;
  readonly afterLoad: number;
  readonly requestsPerSecond: number;
}

interface Running {
  readonly process: ChildProcess;
  readonly ready: number;
  readonly url: string;
}

const direct = ['node', '--enable-source-maps', 'dist/bundle/main.js'];
const idleMs = 5_000;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The monolith on its embedded defaults, on free ports, with its data in a folder of its own. */
export class StartUp {
  private constructor(private readonly dataDir: string) {}

  static async prepare(): Promise<StartUp> {
    return new StartUp(await mkdtemp(join(tmpdir(), 'bench-')));
  }

  remove(): Promise<void> {
    return rm(this.dataDir, { recursive: true, force: true });
  }

  /** `node dist/bundle/main.js`, as `npm start` runs it. */
  async start(): Promise<Start> {
    const running = await this.#run(direct);
    await pause(idleMs);
    const memory = memoryOf(running.process.pid ?? 0);
    await stop(running);
    return { ready: running.ready, ...memory };
  }

  /** Milliseconds from `npm start` until ready. */
  async npmStart(): Promise<number> {
    const running = await this.#run(['npm', 'start']);
    await stop(running);
    return running.ready;
  }

  /** REST, 50 connections, each request reading a user from PostgreSQL. */
  async memory(seconds: number): Promise<Memory> {
    const running = await this.#run(direct);
    const pid = running.process.pid ?? 0;
    await pause(idleMs);
    const idle = memoryOf(pid).rss;
    const { child } = await Child.start<LoadOrder, Answered, object>('generate-load.ts', []);
    const settings = { connections: 50, pipelining: 1, seconds };
    const answered = await child.ask({ suite: 'rest', target: await administrator(running.url), settings });
    const underLoad = memoryOf(pid).rss;
    await child.stop();
    await pause(idleMs);
    const afterLoad = memoryOf(pid).rss;
    await stop(running);
    return { idle, underLoad, afterLoad, requestsPerSecond: answered.requests / answered.seconds };
  }

  async #run([command = '', ...args]: readonly string[]): Promise<Running> {
    const env = { ...process.env, DATA_DIR: this.dataDir, PORT: '0', GRPC_PORT: '0', MQTT_PORT: '0' };
    const rates = { RATE_LIMITS: 'caller=1000000/s,address=1000000/s' };
    const started = performance.now();
    const child = spawn(command, args, {
      env: { ...env, ...rates },
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let ready = 0;
    for await (const line of createInterface(child.stdout)) {
      if (line.includes('is ready in')) ready = performance.now() - started;
      const url = /Health +(http:\/\/[^/]+)/.exec(line)?.[1];
      if (url) return { process: child, ready, url };
    }
    throw new Error(`${command} ended before it was ready`);
  }
}

/** The process group: npm passes no signal on. */
async function stop({ process: child }: Running): Promise<void> {
  child.stdout?.resume();
  const exited = once(child, 'exit');
  process.kill(-(child.pid ?? 0), 'SIGTERM');
  await exited;
}

async function administrator(url: string) {
  const credentials = { email: 'admin@example.com', password: 'password123' };
  const login = await fetch(`${url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credentials),
  });
  const { token } = (await login.json()) as { token: string };
  const me = await fetch(`${url}/users/me`, { headers: { authorization: `Bearer ${token}` } });
  const { id } = (await me.json()) as { id: string };
  return { url, token, userId: id };
}
