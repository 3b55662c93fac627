import 'reflect-metadata';
import { setTimeout as after } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Configuration } from '../platform/config/configuration.js';
import type { PrismaDatabase } from '../platform/database/prisma-database.js';
import { logOutput } from '../platform/observability/log-output.js';
import { Application } from './application.js';
import { ownTurn, reportReady } from './parent-process.js';
import { returnMemory } from './return-memory.js';
import { isStopping, onStop } from './stop-signals.js';

const releaseMs = 5_000;

const logger = new Logger('Shutdown');

/** `release` frees what outlives the process. It may be called twice. */
export async function run(
  configuration: Configuration,
  database: Promise<PrismaDatabase> | undefined,
  release: () => Promise<void>,
): Promise<void> {
  const application = await Application.create(configuration, database);
  if (isStopping()) return;
  onStop(async (cause) => {
    logger.log(`${cause}: finishing the running calls`);
    const hasStopped = await stop(application, configuration.shutdownTimeoutMs);
    if (!hasStopped) await Promise.race([release().catch((error: unknown) => logger.error(error)), after(releaseMs)]);
    await logOutput.flush();
    process.exit(hasStopped ? 0 : 1);
  });
  await ownTurn();
  await application.listen();
  reportReady();
  returnMemory(() => application.isBusy);
}

async function stop(application: Application, timeoutMs: number): Promise<boolean> {
  const late = after(timeoutMs, `still busy after ${timeoutMs} ms: giving up`, { ref: false });
  const stopped = application.stop().then(() => undefined);
  const error = await Promise.race([stopped, late]).catch((reason: unknown) => reason);
  if (error !== undefined) logger.error(error);
  return error === undefined;
}
