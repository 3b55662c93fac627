import pg from 'pg';
import { type Dispatcher, Pool } from 'undici';
import { cpuOf, cpuOfEndedChildren, parentOf, sum } from './machine.js';
import { table } from './report.js';
import { post, type SplitProduct, startSplitProduct } from './split-product.js';

interface Member {
  readonly id: string;
  readonly email: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Work {
  readonly name: string;
  readonly count: number;
  readonly request: (member: Member) => Dispatcher.RequestOptions;
}

interface Consumed {
  /** By process, PostgreSQL among them; microseconds. */
  readonly cpu: Readonly<Record<string, number>>;
  /** Bytes that PostgreSQL has written to its log, for recovery and for replicas. */
  readonly logged: number;
}

const inFlight = 20;
const password = 'correct horse battery';
/** A password takes some 30 ms of CPU. */
const loginsShare = 0.1;

async function member({ url }: SplitProduct): Promise<Member> {
  const email = `${crypto.randomUUID()}@example.com`;
  const answer = await post(url, '/auth/register', { email, password, name: 'Ada' });
  const { token, user } = (await answer.json()) as { token: string; user: { id: string } };
  return { email, id: user.id, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } };
}

/** A member has one request at a time, so that no two wait for the lock of a row. */
async function repeat(client: Pool, members: readonly Member[], { count, request }: Work): Promise<void> {
  const lane = async (member: Member) => {
    for (let left = count / members.length; left > 0; left--) {
      const { statusCode, body } = await client.request(request(member));
      await body.dump();
      if (statusCode >= 400) throw new Error(`answered ${statusCode}`);
    }
  };
  await Promise.all(members.map(lane));
}

/** Its connections are processes; `own` is one of them. */
async function cpuOfPostgres(own: pg.Client): Promise<number> {
  const { rows } = await own.query('select pid, pg_backend_pid() as own from pg_stat_activity');
  return sum(rows.map(({ pid }) => cpuOf(pid))) + cpuOfEndedChildren(parentOf(rows[0]?.own));
}

async function consumed({ pids }: SplitProduct, database: pg.Client): Promise<Consumed> {
  const { rows } = await database.query(`select pg_current_wal_insert_lsn() - '0/0'::pg_lsn as bytes`);
  const cpu = Object.fromEntries(Object.entries(pids).map(([service, pid]) => [service, cpuOf(pid)]));
  return { cpu: { ...cpu, PostgreSQL: await cpuOfPostgres(database) }, logged: Number(rows[0]?.bytes) };
}

const works = (requests: number): readonly Work[] => [
  {
    name: 'read one row: GET /users/me',
    count: requests,
    request: ({ headers }) => ({ method: 'GET', path: '/users/me', headers }),
  },
  {
    name: 'change one row: PATCH /users/:id',
    count: requests,
    request: ({ id, headers }) => {
      const body = JSON.stringify({ name: crypto.randomUUID() });
      return { method: 'PATCH', path: `/users/${id}`, headers, body };
    },
  },
  {
    name: 'log in: POST /auth/login',
    count: requests * loginsShare,
    request: ({ email, headers }) => ({
      method: 'POST',
      path: '/auth/login',
      headers,
      body: JSON.stringify({ email, password }),
    }),
  },
];

async function measure(work: Work, run: () => Promise<void>, read: () => Promise<Consumed>) {
  await run();
  const before = await read();
  await run();
  const after = await read();
  const perRequest = (name: string) => ((after.cpu[name] ?? 0) - (before.cpu[name] ?? 0)) / work.count;
  return {
    request: work.name,
    ...Object.fromEntries(Object.keys(after.cpu).map((name) => [`${name}, CPU us`, perRequest(name).toFixed(0)])),
    'log of PostgreSQL, bytes': ((after.logged - before.logged) / work.count).toFixed(0),
  };
}

/**
 * CPU of each process for one request at the gateway, and what PostgreSQL writes to its log for it. A Markdown table.
 */
export async function capacity(requests: number): Promise<string> {
  const product = await startSplitProduct();
  const database = new pg.Client(product.databases['user-service']);
  await database.connect();
  const client = new Pool(product.url, { connections: inFlight });
  try {
    const members: Member[] = [];
    while (members.length < inFlight) members.push(await member(product));
    const rows = [];
    for (const work of works(requests)) {
      const run = () => repeat(client, members, work);
      rows.push(await measure(work, run, () => consumed(product, database)));
    }
    return table(rows);
  } finally {
    await client.close();
    await database.end();
    await product.stop();
  }
}
