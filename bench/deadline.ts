import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type RecordedSpan, RecordedSpans } from './recorded-spans.js';
import { table } from './report.js';
import { post, type SplitProduct, startSplitProduct } from './split-product.js';
import { quantile } from './statistics.js';

/** Long enough for auth to hash a password before it asks the next service. */
const timeoutMs = 1_500;
/** Spans are sent once a second. */
const waitMs = 8_000;
const pollMs = 2;

/** From the edge down. */
const works: readonly (readonly [what: string, service: string, span: string])[] = [
  ['gateway: call', 'api-gateway', 'POST /auth/register'],
  ['auth-service: call', 'auth-service', 'auth.v1.AuthService/Register'],
  ['auth-service: handler', 'auth-service', 'handle auth.register'],
  ['user-service: call', 'user-service', 'users.internal.v1.UsersInternalService/CreateUserProfile'],
  ['user-service: handler', 'user-service', 'handle users.createUserProfile'],
  ['user-service: transaction', 'user-service', 'transaction'],
];

const answer = 'gateway: answer at the client';
const statement = 'PostgreSQL: statement';

/** Milliseconds after the deadline by what was to stop; absent for what had not after `waitMs`. */
type Lateness = ReadonlyMap<string, number>;

const isOf = (service: string, name: string) => (span: RecordedSpan) => span.service === service && span.name === name;

/** Epoch milliseconds at which no statement waits for a lock any more, after one did. */
async function waitingStatement(database: pg.Client, isOver: AbortSignal): Promise<number | undefined> {
  const sql = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  for (let seen = false; !isOver.aborted; await delay(pollMs)) {
    const { rowCount } = await database.query(sql);
    if (seen && rowCount === 0) return Date.now();
    seen ||= rowCount !== 0;
  }
  return undefined;
}

const register = (url: string, email: string, headers?: Readonly<Record<string, string>>): Promise<Response> =>
  post(url, '/auth/register', { email, password: 'correct horse battery' }, headers);

const newEmail = (): string => `${crypto.randomUUID()}@example.com`;

/** Registers an address that another transaction is about to take, so that the insert waits for it. */
async function late(product: SplitProduct, spans: RecordedSpans, holder: pg.Client, watcher: pg.Client) {
  const email = newEmail();
  const traceId = crypto.randomUUID().replaceAll('-', '');
  await holder.query('begin');
  await holder.query(
    `insert into users (id, tenant_id, email, created_at, updated_at) values ($1, $1, $2, now(), now())`,
    [crypto.randomUUID(), email],
  );
  try {
    const statementEnd = waitingStatement(watcher, AbortSignal.timeout(timeoutMs + waitMs));
    const headers = { 'x-request-timeout-ms': String(timeoutMs), traceparent: `00-${traceId}-${traceId.slice(16)}-01` };
    const { status } = await register(product.url, email, headers);
    const answeredAt = Date.now();
    if (status !== 504) throw new Error(`answered ${status} in place of 504`);
    const ends = new Map<string, number | undefined>([
      [answer, answeredAt],
      [statement, await statementEnd],
    ]);
    const found = await Promise.all(works.map(([, ...span]) => spans.find(traceId, isOf(...span), waitMs)));
    for (const [index, [what]] of works.entries()) ends.set(what, found[index]?.end);
    const deadline = (found[0]?.start ?? Number.NaN) + timeoutMs;
    return new Map([...ends].flatMap(([what, end]) => (end === undefined ? [] : [[what, end - deadline] as const])));
  } finally {
    await holder.query('rollback');
  }
}

function row(what: string, runs: readonly Lateness[]): Record<string, string> {
  const late = Float64Array.from(runs.flatMap((run) => run.get(what) ?? [])).sort();
  const at = (rank: number) => quantile(late, rank).toFixed(1);
  return {
    'what stops': what,
    'ms after the deadline: p50': at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: at(1),
    'still running': String(runs.length - late.length),
  };
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  await client.connect();
  return client;
}

/**
 * One deadline over REST, gRPC, gRPC and a statement that waits for a lock: when the work on each hop ends, by its spans
 * and by what PostgreSQL says. A Markdown table.
 */
export async function deadlines(runs: number): Promise<string> {
  const spans = new RecordedSpans();
  const product = await startSplitProduct({ OTEL_EXPORTER_OTLP_ENDPOINT: await spans.listen() });
  const database = product.databases['user-service'] ?? '';
  const [holder, watcher] = await Promise.all([connect(database), connect(database)]);
  try {
    const results: Lateness[] = [];
    while (results.length < runs) {
      results.push(await late(product, spans, holder, watcher));
      // else so many failures in a row would open the circuits
      await register(product.url, newEmail());
    }
    return table([answer, ...works.map(([what]) => what), statement].map((what) => row(what, results)));
  } finally {
    await Promise.all([holder.end(), watcher.end()]);
    await product.stop();
    spans.close();
  }
}
