import type { Logger } from '@nestjs/common';
import type { HealthCheck } from './readiness.js';

export interface DependencyOptions {
  readonly name: string;
  readonly title: string;
  readonly meanwhile: string;
  /** Rejects if the server cannot do everything that this process needs. */
  readonly use: () => Promise<unknown>;
  readonly logger: Pick<Logger, 'warn' | 'log'>;
}

const RETRY_MS = 1_000;
const REPEAT_MS = 60_000;

/** A server that this process uses. Logs start and end of an outage. */
export class Dependency implements HealthCheck {
  readonly name: string;
  #state: 'up' | 'down' | 'closed' = 'up';
  #using: Promise<unknown> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #remarkedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: DependencyOptions) {
    this.name = options.name;
  }

  /** Rejects during an outage; the log has the reason. */
  async check(): Promise<void> {
    try {
      this.#using ??= this.options.use();
      await this.#using;
    } catch (error) {
      this.lost(error);
      throw new Error('it cannot be used', { cause: error });
    } finally {
      this.#using = undefined;
    }
    this.#found();
  }

  /** After a failed request: a check decides whether it is an outage. */
  failed(error: unknown): void {
    if (this.#state !== 'up') return;
    const { title, logger } = this.options;
    const remark = () => {
      if (performance.now() - this.#remarkedAt < REPEAT_MS) return;
      this.#remarkedAt = performance.now();
      logger.warn(`${title} refused a request (${reasonOf(error)})`);
    };
    this.check().then(remark, () => undefined);
  }

  lost(error: unknown): void {
    if (this.#state === 'closed') return;
    this.#retry ??= setTimeout(() => this.#checkAgain(), RETRY_MS).unref();
    if (this.#state === 'down') return;
    this.#state = 'down';
    const { title, meanwhile, logger } = this.options;
    logger.warn(`${title} cannot be used (${reasonOf(error)}): ${meanwhile} meanwhile`);
  }

  /** Call it before the connections are closed, or that counts as an outage. */
  close(): void {
    this.#state = 'closed';
    clearTimeout(this.#retry);
  }

  #checkAgain(): void {
    this.#retry = undefined;
    this.check().catch(() => undefined);
  }

  #found(): void {
    if (this.#state !== 'down') return;
    this.#state = 'up';
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.options.logger.log(`${this.options.title} can be used again`);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && !error.message) return reasonOf(error.errors[0]);
  return error.message || error.name;
}
