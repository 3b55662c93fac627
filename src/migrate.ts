import { explainAndExit } from './apps/explain-and-exit.js';
import { services } from './apps/services.js';
import { onStop } from './apps/stop-signals.js';
import { configurationFromEnvironment } from './platform/config/configuration-from-environment.js';
import { locateDatabase } from './platform/database/locate-database.js';
import { migrate } from './platform/database/migrations/migrate.js';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main(): Promise<void> {
  const configuration = configurationFromEnvironment(services);
  const located = locateDatabase(configuration, print);
  onStop(() => void located.then(({ release }) => release()).finally(() => process.exit(1)));
  const location = await located;
  try {
    const applied = await migrate(location.directUrl, { log: print });
    if (applied.length === 0) print('The database is up to date');
  } finally {
    await location.release();
  }
}

main().catch(explainAndExit);
