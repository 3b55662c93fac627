import { setTimeout as after } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Application } from './application.js';
import { whenOrphaned } from './parent-process.js';

interface StopOptions {
  /** For what runs to finish. */
  readonly timeoutMs: number;
  /** Lets go of what outlives the process; also called when `application` has done so itself. */
  readonly release: () => Promise<void>;
}

/** Milliseconds for `release`, beyond the time that is up. */
const releaseMs = 5_000;

const logger = new Logger('Shutdown');

/** SIGTERM, SIGINT and the end of the parent end the process in order: exit code 0, or 1 when time runs out first. */
export function stopOnSignals(application: Application, { timeoutMs, release }: StopOptions): void {
  const giveUp = async (reason: unknown) => {
    logger.error(reason);
    const released = release().catch((error: unknown) => logger.error(error));
    await Promise.race([released, after(releaseMs)]);
    process.exit(1);
  };
  let stopping = false;
  const stop = (cause: string) => {
    if (stopping) return;
    stopping = true;
    logger.log(`${cause}: finishing what runs`);
    const late = after(timeoutMs, `still busy after ${timeoutMs} ms: giving up`, { ref: false });
    const stopped = application.stop().then(() => undefined);
    Promise.race([stopped, late]).then((reason) => (reason === undefined ? process.exit(0) : giveUp(reason)), giveUp);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  whenOrphaned(() => stop('The process that started this one is gone'));
}
