import { services } from './apps/services.js';
import { configurationFromEnvironment } from './platform/config/configuration-from-environment.js';
import { removeEmbeddedData } from './platform/database/embedded/remove-data.js';

async function main(): Promise<void> {
  const { dataDir } = configurationFromEnvironment(services);
  if ((await removeEmbeddedData(dataDir)) === 'in use')
    throw new Error(`Other processes use the data in ${dataDir}: stop them, then run this again`);
  process.stdout.write(`Removed the embedded PostgreSQL and its data in ${dataDir}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
