import { explainAndExit } from './apps/explain-and-exit.js';
import { operationIds } from './apps/modules.js';
import { services } from './apps/services.js';
import type { Configuration } from './platform/config/configuration.js';
import { configurationFromEnvironment } from './platform/config/configuration-from-environment.js';
import type { DatabaseLocation } from './platform/database/locate-database.js';

/** Nothing is said before the program is loaded. */
const log = (message: string): void =>
  void import('@nestjs/common').then(({ Logger }) => new Logger('Database').log(message));

/** The code of the database is loaded where there is one. */
async function locate(configuration: Configuration): Promise<DatabaseLocation> {
  const { locateDatabase } = await import('./platform/database/locate-database.js');
  return locateDatabase(configuration, log);
}

try {
  const configuration = configurationFromEnvironment(services, {}, operationIds);
  // an embedded server starts while the rest of the program is loaded
  const isStateless = services[configuration.serviceName]?.stateless;
  const located = isStateless ? undefined : locate(configuration);
  located?.catch(() => undefined);
  const { run } = await import('./apps/run.js');
  await run(configuration, located);
} catch (error) {
  explainAndExit(error);
}
