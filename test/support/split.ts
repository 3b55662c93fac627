import { services } from '../../src/apps/services.js';
import { Login } from '../../src/modules/auth/contract/index.js';
import { GetMe } from '../../src/modules/users/contract/index.js';
import { endpoint } from '../../src/platform/config/host.js';
import { loadConfiguration } from '../../src/platform/config/load-configuration.js';
import { TokenIssuer } from '../../src/platform/security/token-issuer.js';
import { loadTokenKeys } from '../../src/platform/security/token-keys.js';
import { administratorExists } from './administrator-exists.js';
import { createClient } from './create-client.js';
import { testDatabase } from './database.js';
import { eventually } from './eventually.js';
import { exclusively } from './exclusively.js';
import { freePort } from './free-port.js';
import { addressesOf, forEachPart, gateway, parts } from './parts.js';
import { type RunningProcess, startProcess } from './process.js';
import type { RunningTarget } from './target.js';
import { unhurried } from './unhurried.js';

type Environment = Readonly<Record<string, string>>;

const administrator = { email: 'administrator@example.com', password: 'correct horse battery' };

export interface SplitTarget extends RunningTarget {
  /** By service, where it serves gRPC. */
  readonly grpc: Readonly<Record<string, string>>;
  /** By service, the URL of its database. */
  readonly databases: Readonly<Record<string, string>>;
  process(service: string): RunningProcess;
  /** Of the health and metrics of a service. */
  http(service: string): Promise<string>;
  /** A new process of a service, in place of one that has ended; resolves when it is ready. */
  restart(service: string): Promise<void>;
}

async function printed({ line }: RunningProcess, pattern: RegExp): Promise<string> {
  const [, found = ''] = await line(pattern);
  return found;
}

/** A gateway that was there before its services finds them a moment later. */
async function reachesAll(url: string): Promise<void> {
  let token: string | undefined;
  const client = createClient({ protocol: 'rest', url, token: () => token });
  try {
    ({ token } = await client.execute(new Login(administrator)));
    await client.execute(new GetMe());
  } finally {
    await client.close();
  }
}

/**
 * Gateway and services as processes of the operating system, each service on a database of its own if `own`, what holds for one
 * of them, has none.
 */
export async function startSplit(
  changes: Environment = {},
  own: Readonly<Record<string, Environment>> = {},
): Promise<SplitTarget> {
  // two products in one Consul would find each other's services
  const release = changes.DISCOVERY === 'consul' ? await exclusively('services in Consul') : undefined;
  const databases = await forEachPart(() => testDatabase());
  const ports = await forEachPart(() => freePort());
  const databaseUrls = await forEachPart((name) => own[name]?.DATABASE_URL ?? databases[name]?.url ?? '');
  const host = changes.HOST ?? '127.0.0.1';
  const grpc = await forEachPart((name) => endpoint(host, ports[name] ?? 0));
  const shared: Environment = {
    HOST: host,
    LOG_LEVEL: 'info',
    JWT_SECRET: 'a secret of the topology tests, long enough',
    BOOTSTRAP_ADMIN_EMAIL: administrator.email,
    BOOTSTRAP_ADMIN_PASSWORD: administrator.password,
    PASSWORD_POLICY: 'strict',
    RATE_LIMITS: 'login=3/15m,login-address=100000/15m',
    ...unhurried,
    ...addressesOf((name) => grpc[name] ?? ''),
    ...changes,
  };
  const placeOf = (name: string): Environment =>
    parts.includes(name) ? { GRPC_PORT: `${ports[name]}`, DATABASE_URL: databaseUrls[name] ?? '' } : {};
  const running = new Map<string, RunningProcess>();
  const process = (name: string) => running.get(name) as RunningProcess;
  const http = (name: string): Promise<string> => printed(process(name), /Health +(http[^/]*\/\/[^/"]+)/);
  const open = (name: string): Promise<string> => {
    running.set(name, startProcess({ ...shared, SERVICE_NAME: name, ...placeOf(name), ...own[name] }));
    return http(name);
  };
  const openParts = async () => {
    for (const name of parts) await open(name);
  };
  const stop = async () => {
    await Promise.all([...running.values()].map((child) => child.end('SIGTERM')));
    await Promise.all(Object.values(databases).map((database) => database.drop()));
    await release?.();
  };
  const starting = [open(gateway), openParts()] as const;
  try {
    const [gatewayUrl] = await Promise.all(starting);
    await administratorExists(databaseUrls['auth-service'] ?? '');
    await eventually(() => reachesAll(gatewayUrl));
    const addresses = {
      http: gatewayUrl,
      grpc: await printed(process(gateway), /gRPC +([^\s"]+)/),
      mqtt: await printed(process(gateway), /MQTT +(\w+:[^\s"]+)/),
    };
    const { security, mqtt } = loadConfiguration({ ...shared, SERVICE_NAME: gateway }, services);
    return {
      addresses,
      grpc,
      databases: databaseUrls,
      process,
      http,
      administrator,
      topicPrefix: mqtt.topicPrefix,
      serviceToken: async () => {
        const issuer = new TokenIssuer(await loadTokenKeys(security.tokens), security.tokens);
        return (await issuer.issueServiceToken({ service: 'tests', audience: gateway })).token;
      },
      restart: async (name) => {
        await open(name);
      },
      stop,
    };
  } catch (error) {
    await Promise.allSettled(starting);
    await stop();
    throw error;
  }
}
