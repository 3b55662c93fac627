import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../src/client/client.js';
import { Failure } from '../../src/contract/failure.js';
import { CreateUser } from '../../src/modules/users/contract/index.js';
import { Administrator, clientOf } from './callers.js';
import { report } from './report.js';
import { SteadyLoad, type Step, WrongAnswer } from './steady-load.js';
import { deadlineMs, Topology } from './topology.js';

const callers = 10;
const terminations = 60;
/** The outcome of the command is unknown: its key makes a retry safe. */
const repeatable = new Set(['SERVICE_UNAVAILABLE', 'DEADLINE_EXCEEDED', 'IDEMPOTENCY_KEY_IN_USE']);

interface Created {
  readonly key: string;
  readonly id: string;
}

let topology: Topology;
let admin: Administrator;
let databaseUrl: string;
let repeats = 0;

beforeAll(async () => {
  topology = await Topology.start({
    wireToDatabase: async (service, url) => {
      if (service === 'user-service') databaseUrl = url;
      return url;
    },
  });
  admin = await Administrator.logIn(topology);
});

afterAll(() => topology?.stop());

/** Ends the connections of user-service that are in a transaction, until so many were; gives how many. */
async function terminate(wanted: number): Promise<number> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  let count = 0;
  try {
    while (count < wanted) {
      const { rowCount } = await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null limit 2`,
      );
      count += rowCount ?? 0;
      await client.query('select pg_sleep(0.02)');
    }
  } finally {
    await client.end();
  }
  return count;
}

/** Asks until it is answered, always with the same key. */
async function insist(client: Client, email: string, key: string): Promise<string> {
  for (;;) {
    try {
      return (await client.execute(new CreateUser({ email }), { idempotencyKey: key })).id;
    } catch (error) {
      if (!(error instanceof Failure && repeatable.has(error.code))) throw new WrongAnswer(`${email}: ${error}`);
      repeats++;
    }
  }
}

describe('connections that are cut in the midst of transactions', () => {
  test('lose no acknowledged write and double none', { timeout: 120_000 }, async () => {
    const created = new Map<string, Created>();
    const steps = (caller: number): readonly Step[] => {
      const client = clientOf(topology, caller, admin.token);
      const run = async () => {
        const email = `cut-${crypto.randomUUID()}@example.com`;
        const key = crypto.randomUUID();
        created.set(email, { key, id: await insist(client, email, key) });
      };
      return [{ name: 'CreateUser', run }];
    };
    // a command that is repeated has a deadline each time
    const load = new SteadyLoad({ callers, deadlineMs: 5 * deadlineMs, pauseMs: 0 }, steps);
    const terminated = await terminate(terminations);
    await load.answered(3 * callers);
    const tally = await load.stop();
    report(`${terminated} connections cut in a transaction, ${repeats} commands sent again`, tally);
    expect(repeats).toBeGreaterThan(0);
    expect([...tally.faults, ...tally.details]).toEqual([]);
    expect(await stored()).toEqual(new Map([...created].map(([email, { id }]) => [email, id])));
    const client = clientOf(topology, 0, admin.token);
    for (const [email, { key, id }] of [...created].slice(-50)) expect(await insist(client, email, key)).toBe(id);
  });
});

async function stored(): Promise<ReadonlyMap<string, string>> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const { rows } = await client.query(`select email, id from users where email like 'cut-%'`);
    return new Map(rows.map(({ email, id }) => [email, id]));
  } finally {
    await client.end();
  }
}
