import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { Child } from './child.js';
import type { Answered } from './loads/load.js';
import { get, steady } from './loads/steady.js';
import { table } from './report.js';
import type { Behaviour, FailingUsers, Order, Received } from './servers/failing-users.js';
import { startSplitProduct } from './split-product.js';

export interface OutageOfDependency {
  readonly seconds: number;
  readonly secondsBefore: number;
}

type Users = Child<Order, Received>;

/** Requests a second: of users, which go to the service that fails, and of accounts, which do not. */
const rates = { users: 200, accounts: 50 };
const timeoutMs = 1_000;
const pollMs = 10;
const waitMs = 30_000;

class Gateway {
  readonly #client: Pool;

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {
    this.#client = new Pool(url);
  }

  /** Both loads at once. */
  async serve(seconds: number): Promise<{ readonly users: Answered; readonly accounts: Answered }> {
    const headers = { authorization: `Bearer ${this.token}`, 'x-request-timeout-ms': String(timeoutMs) };
    const user = get(this.#client, `/users/${crypto.randomUUID()}`, headers);
    const list = get(this.#client, '/auth/accounts?limit=1', headers);
    const [users, accounts] = await Promise.all([
      steady(user, { perSecond: rates.users, seconds }),
      steady(list, { perSecond: rates.accounts, seconds }),
    ]);
    return { users, accounts };
  }

  /** Milliseconds until the circuit before user-service is in that state. */
  async until(state: 'OPEN' | 'CLOSED'): Promise<number> {
    const started = performance.now();
    while (performance.now() - started < waitMs) {
      const answer = await fetch(new URL('/health/circuit/user-service', this.url));
      if (((await answer.json()) as { state: string }).state === state) return performance.now() - started;
      await delay(pollMs);
    }
    throw new Error(`the circuit was not ${state} within ${waitMs} ms`);
  }

  /** The same, under load all the while. */
  async servedUntil(state: 'OPEN' | 'CLOSED'): Promise<number> {
    let isThere = false;
    const reached = this.until(state).finally(() => {
      isThere = true;
    });
    while (!isThere) await this.serve(1);
    return reached;
  }

  close(): Promise<void> {
    return this.#client.destroy();
  }
}

const milliseconds = (value: number): string => value.toFixed(1);

/** `load`: on the dependency, which fails in one way; GetUser is called all the time. */
async function outage(gateway: Gateway, users: Users, behaviour: Behaviour, times: OutageOfDependency) {
  await gateway.serve(times.secondsBefore);
  await users.ask({ behaviour: 'answers' });
  const before = await gateway.serve(times.secondsBefore);
  const normal = await users.ask({ behaviour });
  const [during, open] = await Promise.all([gateway.serve(times.seconds), gateway.until('OPEN')]);
  const failing = await users.ask({ behaviour: 'answers' });
  const closed = await gateway.servedUntil('CLOSED');
  const usual = normal.calls / before.users.seconds;
  return {
    dependency: behaviour,
    'calls/s before': usual.toFixed(1),
    'calls/s meanwhile': (failing.calls / during.users.seconds).toFixed(1),
    'most in a second': String(failing.most),
    'allowed (1.2 x + 10)': (1.2 * usual + 10).toFixed(1),
    'circuit open after ms': open.toFixed(0),
    'closed after ms of health': closed.toFixed(0),
    'other operation: p50 ms before': milliseconds(before.accounts.p50),
    'p50 ms meanwhile': milliseconds(during.accounts.p50),
    'p99 ms before': milliseconds(before.accounts.p99),
    'p99 ms meanwhile': milliseconds(during.accounts.p99),
    'failed of them': `${during.accounts.failed} of ${during.accounts.requests}`,
  };
}

/** A user-service fails for a while; the gateway continues to serve what needs auth only. A Markdown table. */
export async function failingDependency(times: OutageOfDependency): Promise<string> {
  const program = 'servers/failing-users.ts';
  const { child, first } = await Child.start<Order, Received, FailingUsers>(program, []);
  const product = await startSplitProduct({}, { 'api-gateway': { USER_SERVICE_ADDRESS: first.address } });
  const gateway = new Gateway(product.url, product.token);
  try {
    const rows = [];
    for (const behaviour of ['is unavailable', 'hangs'] as const) {
      rows.push(await outage(gateway, child, behaviour, times));
    }
    return table(rows);
  } finally {
    await gateway.close();
    await product.stop();
    await child.stop();
  }
}
