import { Cancelled, DeadlineExceeded } from '../contract/built-in-failures.js';
import type { Lifetime } from './lifetime.js';

/** Milliseconds by which a call may outlast its deadline or its connection. */
const resolution = 10;

export interface Outcome<F = unknown> {
  resolve(value: unknown): void;
  reject(failure: F): void;
}

/** One timer for all calls: one for each would cost 0.35 us (Node 26), six times as much as the entry in the set. */
export class RunningCalls {
  readonly #running = new Set<Lifetime>();
  readonly #drained = Promise.withResolvers<void>();
  #draining = false;
  #timer: NodeJS.Timeout | undefined;

  get size(): number {
    return this.#running.size;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Settles with `work`, or with the failure that ends the call first. */
  watch(lifetime: Lifetime, work: Promise<unknown>, outcome: Outcome): void {
    this.#running.add(lifetime);
    this.#timer ??= setInterval(() => this.#sweep(), resolution).unref();
    const reject = (error: unknown): void => {
      if (this.#remove(lifetime)) outcome.reject(error);
    };
    work.then((value) => {
      if (this.#remove(lifetime)) outcome.resolve(value);
    }, reject);
    lifetime.onEnd(reject);
  }

  settled<T>(lifetime: Lifetime, work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => this.watch(lifetime, work, { resolve, reject }));
  }

  drain(): Promise<void> {
    this.#draining = true;
    if (this.size === 0) this.#drained.resolve();
    return this.#drained.promise;
  }

  #remove(lifetime: Lifetime): boolean {
    const wasRunning = this.#running.delete(lifetime);
    if (this.#draining && this.size === 0) this.#drained.resolve();
    return wasRunning;
  }

  #sweep(): void {
    const now = performance.now();
    for (const call of this.#running) {
      if (call.deadline <= now) call.end(new DeadlineExceeded());
      else if (call.connection?.destroyed) call.end(new Cancelled());
    }
    if (this.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
