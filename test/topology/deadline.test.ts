import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Collector } from '../platform/observability/collector.js';
import { eventually } from '../support/eventually.js';
import { type SplitTarget, startSplit } from '../support/split.js';

describe('one deadline over REST, gRPC, gRPC and a statement that waits', () => {
  const collector = new Collector();
  const email = `${crypto.randomUUID()}@example.com`;
  let target: SplitTarget;
  /** Another transaction, which is about to take the address. */
  let holder: pg.Client;
  let holderPid: number;

  const databaseOf = async (service: string): Promise<pg.Client> => {
    const client = new pg.Client(target.databases[service]);
    await client.connect();
    return client;
  };

  const register = (headers: Readonly<Record<string, string>> = {}) =>
    fetch(new URL('/auth/register', target.addresses.http), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ email, password: 'correct horse battery', name: 'Ada' }),
    });

  /** Connections to the database of a service, but for those of this test. */
  async function connections(service: string, condition: string): Promise<number> {
    const client = await databaseOf(service);
    const sql = `select 1 from pg_stat_activity
      where datname = current_database() and pid not in ($1, pg_backend_pid()) and ${condition}`;
    const { rowCount } = await client.query(sql, [holderPid]);
    await client.end();
    return rowCount ?? 0;
  }

  const atWork = (service: string) => connections(service, `state <> 'idle'`);

  /** Whose statement waits when its deadline passes: a short one may pass before on a busy machine. */
  async function registerUntilDeadline(): Promise<Response> {
    for (let timeoutMs = 1_000; ; timeoutMs *= 2) {
      let [isOver, isWaiting] = [false, false];
      const answer = register({ 'x-request-timeout-ms': String(timeoutMs) }).finally(() => {
        isOver = true;
      });
      while (!isOver && !isWaiting) isWaiting = (await connections('user-service', `wait_event_type = 'Lock'`)) === 1;
      const response = await answer;
      if (isWaiting) return response;
    }
  }

  /** Of the calls that a service has served. */
  async function outcomes(service: string, operation: string): Promise<readonly (string | undefined)[]> {
    const metrics = await fetch(`${await target.http(service)}/metrics`);
    const counted = new RegExp(
      `operation_calls_total\\{operation="${operation}",protocol="grpc",outcome="(\\w+)"`,
      'g',
    );
    return [...(await metrics.text()).matchAll(counted)].map(([, outcome]) => outcome);
  }

  beforeAll(async () => {
    const port = await collector.listen();
    target = await startSplit({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
    holder = await databaseOf('user-service');
    const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid');
    holderPid = rows[0]?.pid ?? 0;
    await holder.query('begin');
    const sql = 'insert into users (id, tenant_id, email, created_at, updated_at) values ($1, $1, $2, now(), now())';
    await holder.query(sql, [crypto.randomUUID(), email]);
  });

  afterAll(async () => {
    await holder?.end();
    await target?.stop();
    await collector.close();
  });

  test('ends all of them', async () => {
    const answer = await registerUntilDeadline();
    expect(await answer.json()).toMatchObject({ status: 504, code: 'DEADLINE_EXCEEDED' });
    // its other end may see the caller leave a moment before
    const isOver = expect.stringMatching(/^(DEADLINE_EXCEEDED|CANCELLED)$/);
    await eventually(async () => {
      expect(await atWork('user-service')).toBe(0);
      expect(await atWork('auth-service')).toBe(0);
      expect(await outcomes('auth-service', 'auth.register')).toContainEqual(isOver);
      expect(await outcomes('user-service', 'users.createUserProfile')).toContainEqual(isOver);
    });
  });

  test('ends the handlers too, for their spans are over', async () => {
    await eventually(() => {
      const spans = collector.received.get('/v1/traces') ?? '';
      const ended = [...spans.matchAll(/"name":"(handle [^"]+)"/g)].map(([, name]) => name);
      expect(ended).toEqual(expect.arrayContaining(['handle auth.register', 'handle users.createUserProfile']));
    });
  });

  test('leaves nothing in the way of another attempt', async () => {
    await holder.query('rollback');
    const answer = await register();
    expect([answer.status, await answer.json()]).toEqual([201, expect.objectContaining({ user: expect.anything() })]);
  });
});
