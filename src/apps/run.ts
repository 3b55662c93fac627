import 'reflect-metadata';
import { setTimeout as after } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Configuration } from '../platform/config/configuration.js';
import type { DatabaseConnection } from '../platform/database/database-connection.js';
import { logOutput } from '../platform/observability/log-output.js';
import { Application } from './application.js';
import { ownTurn, reportReady } from './parent-process.js';
import { returnMemory } from './return-memory.js';
import { isStopping, onStop } from './stop-signals.js';

type Release = () => Promise<void>;

/** Limit of `release` when the shutdown has timed out. */
const releaseMs = 5_000;

const logger = new Logger('Shutdown');

/** `release` frees what outlives the process. It may be called twice. */
export async function run(
  configuration: Configuration,
  database: Promise<DatabaseConnection> | undefined,
  release: Release,
): Promise<void> {
  const application = await Application.create(configuration, database);
  if (isStopping()) return;
  onStop((cause) => void stopInOrder(cause, application, { timeoutMs: configuration.shutdownTimeoutMs, release }));
  await ownTurn();
  await application.listen();
  reportReady();
  returnMemory(() => application.isBusy);
}

interface StopOptions {
  readonly timeoutMs: number;
  readonly release: Release;
}

async function stopInOrder(
  cause: string,
  application: Application,
  { timeoutMs, release }: StopOptions,
): Promise<void> {
  logger.log(`${cause}: finishing the running calls`);
  const late = after(timeoutMs, `still busy after ${timeoutMs} ms: giving up`, { ref: false });
  const stopped = application.stop().then(() => undefined);
  const fault = await Promise.race([stopped, late]).catch((error: unknown) => error);
  if (fault === undefined) return exit(0);
  logger.error(fault);
  const released = release().catch((error: unknown) => logger.error(error));
  await Promise.race([released, after(releaseMs)]);
  return exit(1);
}

async function exit(code: number): Promise<void> {
  await logOutput.flush();
  process.exit(code);
}
