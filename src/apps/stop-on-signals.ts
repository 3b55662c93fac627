import { Logger } from '@nestjs/common';
import type { Application } from './application.js';

const logger = new Logger('Shutdown');

/** SIGTERM and SIGINT end the process in order: exit code 0, or 1 when time runs out first. */
export function stopOnSignals(application: Application, timeoutMs: number): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.log(`${signal}: finishing what runs`);
    setTimeout(() => {
      logger.error(`still busy after ${timeoutMs} ms: giving up`);
      process.exit(1);
    }, timeoutMs).unref();
    application.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
