import { isDeepStrictEqual } from 'node:util';
import { Logger } from '@nestjs/common';
import { ConfigurationError } from '../config/configuration-error.js';

/** Certificates are renewed days before they expire. */
const defaultIntervalMs = 30_000;

type Listener<T> = (value: T) => void;

/** A value that changes now and then. */
export interface Renewed<T> {
  readonly current: T;
  /** Tells every change from now on, until the function it returns is called. */
  onChange(listener: (value: T) => void): () => void;
}

/**
 * What files hold now: read again and again, because whoever renews them may replace them, or the folder they are in.
 * What cannot be used is not taken, such as a certificate whose key is not written yet: the last good value stays.
 */
export class RenewedFiles<T> implements Renewed<T> {
  readonly #listeners = new Set<Listener<T>>();
  readonly #timer: NodeJS.Timeout;
  #current: T;
  #problem = '';

  /** `load` throws ConfigurationError where the files cannot be used; so does this constructor. */
  constructor(
    private readonly load: () => T,
    intervalMs = defaultIntervalMs,
    private readonly logger: Pick<Logger, 'warn' | 'log'> = new Logger('TLS'),
  ) {
    this.#current = load();
    this.#timer = setInterval(() => this.#renew(), intervalMs).unref();
  }

  get current(): T {
    return this.#current;
  }

  onChange(listener: Listener<T>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    clearInterval(this.#timer);
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
