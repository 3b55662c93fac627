import { DeadlineExceeded } from '../contract/built-in-failures.js';
import type { Lifetime } from './call-context.js';

/** Milliseconds by which a deadline may be overrun. */
const resolution = 10;

/**
 * Ends the calls whose deadline has passed. One timer for all: a timer a call costs as much as the rest of the pipeline.
 */
class DeadlineWatch {
  readonly #watched = new Set<Lifetime>();
  #timer: NodeJS.Timeout | undefined;

  add(lifetime: Lifetime): void {
    this.#watched.add(lifetime);
    this.#timer ??= setInterval(() => this.#sweep(), resolution).unref();
  }

  remove(lifetime: Lifetime): void {
    this.#watched.delete(lifetime);
  }

  #sweep(): void {
    const now = Date.now();
    for (const lifetime of this.#watched) if (lifetime.deadline <= now) lifetime.end(new DeadlineExceeded());
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

const deadlines = new DeadlineWatch();

/**
 * The result of `work`, or the failure that ended its call first. Work that outlives its call is told by the signal.
 * A nested call is watched by the outermost one.
 */
export function within<T>(lifetime: Lifetime, work: () => Promise<T>): Promise<T> {
  if (lifetime.ended) return Promise.reject(lifetime.ended);
  if (lifetime.deadline <= Date.now()) return Promise.reject(new DeadlineExceeded());
  return lifetime.watched ? work() : race(lifetime, work);
}

function race<T>(lifetime: Lifetime, work: () => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    lifetime.watch(reject);
    deadlines.add(lifetime);
    const settle = () => {
      deadlines.remove(lifetime);
      lifetime.watch(undefined);
    };
    work().then(
      (value) => {
        settle();
        resolve(value);
      },
      (error: unknown) => {
        settle();
        reject(error);
      },
    );
  });
}
