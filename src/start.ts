import { explainAndExit } from './apps/explain-and-exit.js';
import { services } from './apps/services.js';
import { configurationFromEnvironment } from './platform/config/configuration-from-environment.js';
import { locateDatabase } from './platform/database/locate-database.js';

/** Nothing is said before the program is loaded. */
const log = (message: string): void =>
  void import('@nestjs/common').then(({ Logger }) => new Logger('Database').log(message));

try {
  const configuration = configurationFromEnvironment(services);
  // an embedded server starts while the rest of the program is loaded
  const isStateless = services[configuration.serviceName]?.stateless;
  const located = isStateless ? undefined : locateDatabase(configuration, log);
  located?.catch(() => undefined);
  const { run } = await import('./apps/run.js');
  await run(configuration, located);
} catch (error) {
  explainAndExit(error);
}
