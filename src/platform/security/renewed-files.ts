import { isDeepStrictEqual } from 'node:util';
import { Logger } from '@nestjs/common';
import { ConfigurationError } from '../config/configuration-error.js';
import { RepeatedTask } from '../schedule/repeated-task.js';

/** Certificates are renewed days before they expire. */
const defaultIntervalMs = 30_000;

type Listener<T> = (value: T) => void;

/** Polls, because watchers miss replaced folders. Keeps the last valid value while the files are incomplete. */
export class RenewedFiles<T> {
  readonly #listeners = new Set<Listener<T>>();
  readonly #reading: RepeatedTask;
  #current: T;
  #problem = '';

  /** Throws the ConfigurationError of `load`. */
  constructor(
    private readonly load: () => T,
    intervalMs = defaultIntervalMs,
    private readonly logger: Pick<Logger, 'warn' | 'log'> = new Logger('TLS'),
  ) {
    this.#current = load();
    this.#reading = new RepeatedTask(() => this.#renew(), intervalMs);
    this.#reading.start();
  }

  get current(): T {
    return this.#current;
  }

  onChange(listener: Listener<T>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    void this.#reading.stop();
    this.#listeners.clear();
  }

  #renew(): void {
    try {
      this.#take(this.load());
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      this.#keep(error.problems.join('; '));
    }
  }

  #take(value: T): void {
    this.#problem = '';
    if (isDeepStrictEqual(value, this.#current)) return;
    this.#current = value;
    this.logger.log('Certificates were renewed: new connections use them');
    for (const listener of this.#listeners) listener(value);
  }

  #keep(problem: string): void {
    if (problem !== this.#problem) this.logger.warn(`Certificates stay as they were: ${problem}`);
    this.#problem = problem;
  }
}
