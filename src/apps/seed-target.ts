import { json } from 'node:stream/consumers';
import type { Configuration } from '../platform/config/configuration.js';
import { configurationFromEnvironment } from '../platform/config/configuration-from-environment.js';
import { ownHealth } from './own-health.js';
import { services } from './services.js';

export interface SeedTarget {
  readonly configuration: Configuration;
  readonly place: string;
  readonly hint?: string;
}

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
    const { service } = (await json(await ownHealth(configuration))) as { service?: unknown };
    return typeof service === 'string' ? service : undefined;
  } catch {
    return undefined;
  }
}
