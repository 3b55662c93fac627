import { percentiles } from '../statistics.js';
import type { Answered, LoadSettings } from './load.js';

/** One connection: sends a request, resolves with whether it was answered well. */
export type Send = () => Promise<boolean>;

/** Keeps `pipelining` requests waiting on every connection until the time is up. */
export async function fire(connections: readonly Send[], { pipelining, seconds }: LoadSettings): Promise<Answered> {
  const latencies: number[] = [];
  let failed = 0;
  const started = performance.now();
  const end = started + seconds * 1000;
  const lane = async (send: Send) => {
    let sent = performance.now();
    while (sent < end) {
      if (!(await send())) failed++;
      const answered = performance.now();
      latencies.push(answered - sent);
      sent = answered;
    }
  };
  await Promise.all(connections.flatMap((send) => Array.from({ length: pipelining }, () => lane(send))));
  const elapsed = (performance.now() - started) / 1000;
  return { requests: latencies.length, failed, seconds: elapsed, ...percentiles(latencies) };
}
