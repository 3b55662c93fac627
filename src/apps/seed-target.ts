import type { Configuration } from '../platform/config/configuration.js';
import { configurationFromEnvironment } from '../platform/config/configuration-from-environment.js';
import { answeringService } from './answering-service.js';
import { services } from './services.js';

export interface SeedTarget {
  readonly configuration: Configuration;
  /** Where the users are now, for people. */
  readonly place: string;
  /** What they may have wanted instead. */
  readonly hint?: string;
}

const isGateway = (service: string) => services[service]?.stateless === true;

const hint = 'A gateway with services, as of npm run start:split, has others: run this while it runs to fill them';

function ownDatabase(configuration: Configuration): SeedTarget {
  const { serviceName, database, dataDir } = configuration;
  if (database.url !== undefined) return { configuration, place: `the database of ${serviceName} (DATABASE_URL)` };
  return { configuration, place: `the database of ${serviceName} (embedded, in ${dataDir})`, hint };
}

/** What SERVICE_NAME says, or the gateway that answers in its place. */
export async function seedTarget(): Promise<SeedTarget> {
  const configuration = configurationFromEnvironment(services);
  const answering = await answeringService(configuration);
  const gateway = [answering, configuration.serviceName].find((name) => name !== undefined && isGateway(name));
  if (gateway === undefined) return ownDatabase(configuration);
  return {
    configuration: configurationFromEnvironment(services, { SERVICE_NAME: gateway }),
    place: `the databases of the services of ${gateway}`,
  };
}
