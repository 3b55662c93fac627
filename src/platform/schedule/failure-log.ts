import type { Logger } from '@nestjs/common';
import { Failure } from '../../contract/failure.js';

/** Logs an expected Failure in one line, until it changes or passes; other errors each time, with their stack. */
export class FailureLog {
  readonly #lines = new Map<string, string>();

  constructor(private readonly logger: Pick<Logger, 'warn'>) {}

  /** Resolves with the error of `work`, logged after `message`, or with undefined. */
  async attempt(message: string, work: () => Promise<unknown>): Promise<unknown> {
    try {
      await work();
      this.#lines.delete(message);
      return undefined;
    } catch (error) {
      this.#failed(message, error);
      return error;
    }
  }

  #failed(message: string, error: unknown): void {
    const reasons = reasonsOf(error);
    if (!reasons) {
      this.logger.warn({ err: error, msg: message });
      return;
    }
    const line = `${message}: ${[...reasons].join('; ')}`;
    if (this.#lines.get(message) !== line) this.logger.warn(line);
    this.#lines.set(message, line);
  }
}

/** Undefined if any of the errors is not a Failure. */
function reasonsOf(error: unknown): ReadonlySet<string> | undefined {
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  return errors.every((each) => each instanceof Failure) ? new Set(errors.map(reasonOf)) : undefined;
}

/** A failure without a detail may have a cause with a message. */
function reasonOf({ message, title, cause }: Failure): string {
  const reason = message === title && cause instanceof Error ? `${message} (${cause.message.trim()})` : message;
  return reason.replaceAll(/\s+/g, ' ');
}
