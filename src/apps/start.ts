import { setTimeout as after } from 'node:timers/promises';
import type { Configuration } from '../platform/config/configuration.js';
import { configurationFromEnvironment } from '../platform/config/configuration-from-environment.js';
import type { DatabaseConnection } from '../platform/database/database-connection.js';
import { explainAndExit } from './explain-and-exit.js';
import { longestCallMs, operationIds } from './modules.js';
import { services } from './services.js';
import { isStopping, onStop } from './stop-signals.js';

/** Nothing is said before the program is loaded. */
const log = (message: string): void =>
  void import('@nestjs/common').then(({ Logger }) => new Logger('Database').log(message));

/** The code of the database is loaded where there is one; an embedded server starts meanwhile. */
async function openDatabase(configuration: Configuration): Promise<DatabaseConnection> {
  const { locateDatabase } = await import('../platform/database/locate-database.js');
  const located = locateDatabase(configuration, log);
  located.catch(() => undefined);
  const { DatabaseConnection } = await import('../platform/database/database-connection.js');
  return DatabaseConnection.open(configuration, log, { located, longestCallMs: longestCallMs(configuration) });
}

async function exitAfter(released: Promise<void>, timeoutMs: number): Promise<void> {
  const outcome = released.then(
    () => 0,
    () => 1,
  );
  process.exit(await Promise.race([outcome, after(timeoutMs, 1)]));
}

/** Puts the process together while its database is opened. A process that cannot start says why, and leaves nothing behind. */
export async function start(): Promise<void> {
  let release = async (): Promise<void> => undefined;
  try {
    const configuration = configurationFromEnvironment(services, {}, operationIds);
    const isStateless = services[configuration.serviceName]?.stateless;
    const database = isStateless ? undefined : openDatabase(configuration);
    database?.catch(() => undefined);
    // only an embedded server outlives its users
    if (configuration.database.url === undefined) release = async () => (await database)?.close();
    onStop(() => void exitAfter(release(), configuration.shutdownTimeoutMs));
    const { run } = await import('./run.js');
    await run(configuration, database, release);
  } catch (error) {
    // what failed is worth more than what fails after it
    await release().catch(() => undefined);
    if (!isStopping()) explainAndExit(error);
  }
}
