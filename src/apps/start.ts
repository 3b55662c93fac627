import { setTimeout as after } from 'node:timers/promises';
import type { Configuration } from '../platform/config/configuration.js';
import { configurationFromEnvironment } from '../platform/config/configuration-from-environment.js';
import type { PrismaDatabase } from '../platform/database/prisma-database.js';
import { explainAndExit } from './explain-and-exit.js';
import { longestCallMs, operationIds } from './modules.js';
import { services } from './services.js';
import { isStopping, onStop } from './stop-signals.js';

/** Loads Nest's logger only when something is logged. */
const log = (message: string): void =>
  void import('@nestjs/common').then(({ Logger }) => new Logger('Database').log(message));

async function locateAndOpen(configuration: Configuration): Promise<PrismaDatabase> {
  const { locateDatabase } = await import('../platform/database/locate-database.js');
  const located = locateDatabase(configuration, log);
  located.catch(() => undefined);
  const { openDatabase } = await import('../platform/database/open-database.js');
  return openDatabase(configuration, log, { located, longestCallMs: longestCallMs(configuration) });
}

async function exitAfter(released: Promise<void>, timeoutMs: number): Promise<void> {
  const exitCode = released.then(
    () => 0,
    () => 1,
  );
  process.exit(await Promise.race([exitCode, after(timeoutMs, 1)]));
}

/** Opens the database while the code is loaded. If the start fails, prints why and leaves nothing running. */
export async function start(): Promise<void> {
  let release = async (): Promise<void> => undefined;
  try {
    const configuration = configurationFromEnvironment(services, {}, operationIds);
    const isStateless = services[configuration.serviceName]?.stateless;
    const database = isStateless ? undefined : locateAndOpen(configuration);
    database?.catch(() => undefined);
    // only the embedded server outlives its clients
    if (configuration.database.url === undefined) release = async () => (await database)?.close();
    onStop(() => void exitAfter(release(), configuration.shutdownTimeoutMs));
    const { run } = await import('./run.js');
    await run(configuration, database, release);
  } catch (error) {
    // report the first error, not that of the cleanup
    await release().catch(() => undefined);
    if (!isStopping()) explainAndExit(error);
  }
}
