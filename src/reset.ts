import { explainAndExit } from './apps/explain-and-exit.js';
import { services } from './apps/services.js';
import { configurationFromEnvironment } from './platform/config/configuration-from-environment.js';
import { EmbeddedPostgresError } from './platform/database/embedded/embedded-postgres-error.js';
import { removeEmbeddedData } from './platform/database/embedded/remove-data.js';

async function main(): Promise<void> {
  const { dataDir } = configurationFromEnvironment(services);
  if ((await removeEmbeddedData(dataDir)) === 'in use')
    throw new EmbeddedPostgresError(`Other processes use the data in ${dataDir}: stop them, then run this again`);
  process.stdout.write(`Removed the embedded PostgreSQL and its data in ${dataDir}\n`);
}

main().catch(explainAndExit);
