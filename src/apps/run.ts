import 'reflect-metadata';
import type { Configuration } from '../platform/config/configuration.js';
import type { DatabaseLocation } from '../platform/database/locate-database.js';
import { Application } from './application.js';
import { ownTurn, tellReady } from './parent-process.js';
import { returnMemory } from './return-memory.js';
import { stopOnSignals } from './stop-on-signals.js';

/** Puts the process together and opens its listeners. */
export async function run(configuration: Configuration, located: Promise<DatabaseLocation> | undefined): Promise<void> {
  const release = async () => (await located)?.release();
  try {
    const application = await Application.create(configuration, located);
    stopOnSignals(application, { timeoutMs: configuration.shutdownTimeoutMs, release });
    await ownTurn();
    await application.listen();
    tellReady();
    returnMemory(() => application.isBusy);
  } catch (error) {
    // what failed is worth more than what failed after it
    await release().catch(() => undefined);
    throw error;
  }
}
