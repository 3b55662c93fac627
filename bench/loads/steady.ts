import { setTimeout as delay } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { percentiles } from '../statistics.js';
import type { Answered } from './load.js';
import type { Send } from './pipelined.js';

export interface SteadySettings {
  /** Requests sent a second, whether those before were answered or not. */
  readonly perSecond: number;
  readonly seconds: number;
}

/** One GET; `client` opens as many connections as it takes. */
export const get =
  (client: Dispatcher, path: string, headers: Readonly<Record<string, string>>): Send =>
  async () => {
    try {
      const { statusCode, body } = await client.request({ path, method: 'GET', headers });
      await body.dump();
      return statusCode < 400;
    } catch {
      return false;
    }
  };

/** Resolves when all are answered. */
export async function steady(send: Send, { perSecond, seconds }: SteadySettings): Promise<Answered> {
  const latencies: number[] = [];
  let failed = 0;
  const one = async () => {
    const sent = performance.now();
    if (!(await send())) failed++;
    latencies.push(performance.now() - sent);
  };
  const started = performance.now();
  const running: Promise<void>[] = [];
  while (running.length < perSecond * seconds) {
    const due = started + (running.length * 1_000) / perSecond;
    if (due > performance.now()) await delay(due - performance.now());
    running.push(one());
  }
  await Promise.all(running);
  return {
    requests: running.length,
    failed,
    seconds: (performance.now() - started) / 1_000,
    ...percentiles(latencies),
  };
}
