import { setTimeout as after } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { logOutput } from '../platform/observability/log-output.js';
import type { Application } from './application.js';
import { onStop } from './stop-signals.js';

interface StopOptions {
  /** For what runs to finish. */
  readonly timeoutMs: number;
  /** Lets go of what outlives the process; also called when `application` has done so itself. */
  readonly release: () => Promise<void>;
}

/** Milliseconds for `release`, beyond the time that is up. */
const releaseMs = 5_000;

const logger = new Logger('Shutdown');

async function exit(code: number): Promise<void> {
  await logOutput.flush();
  process.exit(code);
}

/** Once asked to, the process ends in order: exit code 0, or 1 when time runs out first. */
export function stopInOrder(application: Application, { timeoutMs, release }: StopOptions): void {
  const giveUp = async (reason: unknown) => {
    logger.error(reason);
    const released = release().catch((error: unknown) => logger.error(error));
    await Promise.race([released, after(releaseMs)]);
    await exit(1);
  };
  onStop((cause) => {
    logger.log(`${cause}: finishing what runs`);
    const late = after(timeoutMs, `still busy after ${timeoutMs} ms: giving up`, { ref: false });
    const stopped = application.stop().then(() => undefined);
    Promise.race([stopped, late]).then((reason) => (reason === undefined ? exit(0) : giveUp(reason)), giveUp);
  });
}
