import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { embeddedPostgres } from '../src/platform/database/embedded/embedded-postgres.js';
import { freePort } from '../test/support/free-port.js';
import { addressesOf, forEachPart, gateway, parts } from '../test/support/parts.js';
import { type RunningProcess, startProcess } from '../test/support/process.js';

type Environment = Readonly<Record<string, string>>;

export interface SplitProduct {
  /** Of the gateway. */
  readonly url: string;
  /** By service, its database. */
  readonly databases: Readonly<Record<string, string>>;
  /** By service, the id of its process. */
  readonly pids: Readonly<Record<string, number>>;
  /** An access token of the administrator. */
  readonly token: string;
  stop(): Promise<void>;
}

const administrator = { email: 'administrator@example.com', password: 'correct horse battery' };

export async function post(url: string, path: string, body: object, headers: Environment = {}): Promise<Response> {
  return fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** The gateway was there before the services that it needs for this. */
async function administratorToken(url: string): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await post(url, '/auth/login', administrator);
    if (answer.ok) return ((await answer.json()) as { token: string }).token;
    await delay(100);
  }
  throw new Error('the administrator can not log in');
}

/** The built gateway and services as processes, each service with a database on one embedded server. */
export async function startSplitProduct(
  environment: Environment = {},
  own: Readonly<Record<string, Environment>> = {},
): Promise<SplitProduct> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bench-'));
  const server = await embeddedPostgres({ dataDir, fsync: false });
  const databases = await forEachPart(async (service) => {
    await server.ensureDatabase(service);
    return server.url(service);
  });
  const ports = await forEachPart(() => freePort());
  const running: RunningProcess[] = [];
  const pids: Record<string, number> = {};
  const start = async (service: string, changes: Environment = {}): Promise<string> => {
    const process = startProcess({
      HOST: '127.0.0.1',
      JWT_SECRET: 'a secret of the benchmarks, long enough for HS256',
      BOOTSTRAP_ADMIN_EMAIL: administrator.email,
      BOOTSTRAP_ADMIN_PASSWORD: administrator.password,
      RATE_LIMITS: 'caller=1000000/s,address=1000000/s',
      ...addressesOf((part) => `127.0.0.1:${ports[part]}`),
      SERVICE_NAME: service,
      ...changes,
      ...environment,
      ...own[service],
    });
    running.push(process);
    pids[service] = process.child.pid ?? 0;
    const [, url = ''] = await process.line(/Health +(http:\/\/[^/"]+)/);
    return url;
  };
  const startParts = async () => {
    for (const part of parts) await start(part, { GRPC_PORT: `${ports[part]}`, DATABASE_URL: databases[part] ?? '' });
  };
  const stop = async () => {
    await Promise.all(running.map((process) => process.end('SIGTERM')));
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const [url] = await Promise.all([start(gateway), startParts()]);
    return { url, databases, pids, token: await administratorToken(url), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
