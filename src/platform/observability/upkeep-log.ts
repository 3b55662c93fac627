import { Logger } from '@nestjs/common';
import { Failure } from '../../contract/failure.js';

/**
 * Warns of what goes wrong with work that is repeated: of failures, which are expected, in one line, and not again before
 * they pass or change; of anything else each time with its stack.
 */
export class UpkeepLog {
  readonly #logger: Pick<Logger, 'warn'>;
  /** The line by the fault. */
  readonly #told = new Map<string, string>();

  constructor(context: string, logger: Pick<Logger, 'warn'> = new Logger(context)) {
    this.#logger = logger;
  }

  /** `fault`: what could not be done. */
  failed(fault: string, error: unknown): void {
    const reasons = reasonsOf(error);
    if (reasons) this.#tell(fault, `${fault}: ${[...reasons].join('; ')}`);
    else this.#logger.warn({ err: error, msg: fault });
  }

  succeeded(fault: string): void {
    this.#told.delete(fault);
  }

  #tell(fault: string, line: string): void {
    if (this.#told.get(fault) === line) return;
    this.#told.set(fault, line);
    this.#logger.warn(line);
  }
}

/** Of one failure or several. Undefined if there is anything else among them. */
function reasonsOf(error: unknown): ReadonlySet<string> | undefined {
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  return errors.every((each) => each instanceof Failure) ? new Set(errors.map(reasonOf)) : undefined;
}

/** A failure without words of its own may have a cause that has some. */
function reasonOf({ message, title, cause }: Failure): string {
  const reason = message === title && cause instanceof Error ? `${message} (${cause.message.trim()})` : message;
  return reason.replaceAll(/\s+/g, ' ');
}
