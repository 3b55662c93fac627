import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { json } from 'node:stream/consumers';
import type { Configuration } from '../platform/config/configuration.js';
import { configurationFromEnvironment } from '../platform/config/configuration-from-environment.js';
import { endpoint, localAddress } from '../platform/config/host.js';
import { services } from './services.js';

export interface SeedTarget {
  readonly configuration: Configuration;
  readonly place: string;
  readonly hint?: string;
}

const healthTimeoutMs = 2_000;

const isGateway = (service: string) => services[service]?.stateless === true;

const hint = 'A gateway with services, as of npm run start:split, has others: run this while it runs to fill them';

export async function seedTarget(): Promise<SeedTarget> {
  const configuration = configurationFromEnvironment(services);
  const running = await runningService(configuration);
  const gateway = [running, configuration.serviceName].find((name) => name !== undefined && isGateway(name));
  if (gateway === undefined) return ownDatabase(configuration);
  return {
    configuration: configurationFromEnvironment(services, { SERVICE_NAME: gateway }),
    place: `the databases of the services of ${gateway}`,
  };
}

function ownDatabase(configuration: Configuration): SeedTarget {
  const { serviceName, database, dataDir } = configuration;
  if (database.url !== undefined) return { configuration, place: `the database of ${serviceName} (DATABASE_URL)` };
  return { configuration, place: `the database of ${serviceName} (embedded, in ${dataDir})`, hint };
}

/** SERVICE_NAME of the process that listens at the address of this configuration, if any. */
async function runningService(configuration: Configuration): Promise<string | undefined> {
  if (configuration.http.port === 0) return undefined;
  try {
    const { service } = (await health(configuration)) as { service?: unknown };
    return typeof service === 'string' ? service : undefined;
  } catch {
    return undefined;
  }
}

function health({ host, http, tls }: Configuration): Promise<unknown> {
  const url = `${tls ? 'https' : 'http'}://${endpoint(localAddress(host), http.port)}/health`;
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const read = (response: IncomingMessage) => json(response).then(resolve, reject);
  const signal = AbortSignal.timeout(healthTimeoutMs);
  // the request holds no secret, so any certificate will do
  const request = tls ? getHttps(url, { signal, rejectUnauthorized: false }, read) : getHttp(url, { signal }, read);
  request.on('error', reject);
  return promise;
}
