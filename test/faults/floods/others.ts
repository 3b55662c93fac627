import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { open as openGrpc } from '../../../bench/loads/grpc.js';
import { getUserQuery } from '../../../bench/loads/http.js';
import type { Answered } from '../../../bench/loads/load.js';
import { open as openMqtt } from '../../../bench/loads/mqtt.js';
import type { Send } from '../../../bench/loads/pipelined.js';
import { steady } from '../../../bench/loads/steady.js';
import { open as openWebSocket } from '../../../bench/loads/websocket.js';
import { sendToParent } from '../../../bench/send-to-parent.js';
import type { Target } from '../../../bench/target.js';

export interface OthersOrder {
  readonly protocol: keyof typeof protocols;
  readonly target: Target;
  readonly seconds: number;
  /** Calls a second, whether those before were answered or not; `nine tenths` of 1,000 with never more than a tenth waiting. */
  readonly pace: number | 'nine tenths';
}

export type Others = Pick<Answered, 'requests' | 'failed' | 'p99'>;

const http =
  (path: (target: Target) => string, isQuery: boolean) =>
  (target: Target): Send => {
    const pool = new Pool(target.url);
    const headers = { authorization: `Bearer ${target.token}`, ...(isQuery && { 'content-type': 'application/json' }) };
    const options = isQuery
      ? ({ method: 'POST', body: JSON.stringify(getUserQuery(target.userId)) } as const)
      : ({ method: 'GET' } as const);
    return async () => {
      try {
        const answer = await pool.request({ ...options, path: path(target), headers });
        const text = await answer.body.text();
        return answer.statusCode === 200 && !text.includes('"errors"');
      } catch {
        return false;
      }
    };
  };

const protocols = {
  rest: http(({ userId }) => `/users/${userId}`, false),
  graphql: http(() => '/graphql', true),
  grpc: (target: Target) => openGrpc(target).send,
  websocket: async (target: Target) => (await openWebSocket(target)).send,
  mqtt: async (target: Target) => (await openMqtt(target)).send,
};

const batch = 90;
const batchMs = 100;

/**
 * A batch is sent when the last one is answered: however late the server reads, it never sees more than eleven of them in a
 * second.
 */
async function nineTenths(send: Send, seconds: number): Promise<Others> {
  let [requests, failed, longest] = [0, 0, 0];
  for (const end = performance.now() + seconds * 1_000; performance.now() < end; ) {
    const next = delay(batchMs);
    const sentAt = performance.now();
    const answers = await Promise.all(Array.from({ length: batch }, send));
    longest = Math.max(longest, performance.now() - sentAt);
    requests += batch;
    failed += answers.filter((isGood) => !isGood).length;
    await next;
  }
  return { requests, failed, p99: longest };
}

const timeoutMs = 30_000;

/** A server that loses a message never answers it. */
const withTimeout =
  (send: Send): Send =>
  async () => {
    const answered = new AbortController();
    const { signal } = answered;
    return Promise.race([send(), delay(timeoutMs, false, { signal })]).finally(() => answered.abort());
  };

async function call({ protocol, target, seconds, pace }: OthersOrder): Promise<Others> {
  const send = withTimeout(await protocols[protocol](target));
  return pace === 'nine tenths' ? nineTenths(send, seconds) : steady(send, { perSecond: pace, seconds });
}

/** Of a server that lets nobody in. */
const refused: Others = { requests: 1, failed: 1, p99: Number.MAX_SAFE_INTEGER };

process.on('message', async (order: OthersOrder) => process.send?.(await call(order).catch(() => refused)));
sendToParent({});
