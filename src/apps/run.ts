import 'reflect-metadata';
import type { Configuration } from '../platform/config/configuration.js';
import type { DatabaseLocation } from '../platform/database/locate-database.js';
import { Application } from './application.js';
import { returnMemory } from './return-memory.js';
import { stopOnSignals } from './stop-on-signals.js';

/** Puts the process together and opens its listeners. */
export async function run(configuration: Configuration, located: Promise<DatabaseLocation> | undefined): Promise<void> {
  const application = await Application.create(configuration, located);
  stopOnSignals(application, configuration.shutdownTimeoutMs);
  await application.listen();
  returnMemory(() => application.isBusy);
}
