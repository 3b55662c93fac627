import 'reflect-metadata';
import type { Configuration } from '../platform/config/configuration.js';
import type { DatabaseConnection } from '../platform/database/database-connection.js';
import { Application } from './application.js';
import { ownTurn, tellReady } from './parent-process.js';
import { returnMemory } from './return-memory.js';
import { stopInOrder } from './stop-in-order.js';
import { isStopping } from './stop-signals.js';

/** Puts the process together and opens its listeners. `release`: lets go of what outlives it. */
export async function run(
  configuration: Configuration,
  database: Promise<DatabaseConnection> | undefined,
  release: () => Promise<void>,
): Promise<void> {
  const application = await Application.create(configuration, database);
  if (isStopping()) return;
  stopInOrder(application, { timeoutMs: configuration.shutdownTimeoutMs, release });
  await ownTurn();
  await application.listen();
  tellReady();
  returnMemory(() => application.isBusy);
}
