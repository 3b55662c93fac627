import { Cancelled, DeadlineExceeded } from '../contract/built-in-failures.js';
import { Lifetime } from './lifetime.js';

/** Milliseconds by which a call may outlast its deadline or its connection. */
const resolution = 10;

/** Both must not throw. */
export interface CompletionHandler<F = unknown> {
  resolve(value: unknown): void;
  reject(failure: F): void;
}

/** One timer for all calls: a timer, a listener or a Set entry per call would double the cost of the pipeline. */
export class RunningCalls {
  /** Head and tail of a circular list. */
  readonly #anchor = new Lifetime(Number.POSITIVE_INFINITY, undefined);
  readonly #drained = Promise.withResolvers<void>();
  #size = 0;
  #draining = false;
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    this.#anchor.previous = this.#anchor;
    this.#anchor.next = this.#anchor;
  }

  get size(): number {
    return this.#size;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Settles with `work`, or with the failure that ends the call first. */
  watch(lifetime: Lifetime, work: Promise<unknown>, handler: CompletionHandler): void {
    this.#add(lifetime);
    const reject = (error: unknown): void => {
      if (this.#remove(lifetime)) handler.reject(error);
    };
    work.then((value) => {
      if (this.#remove(lifetime)) handler.resolve(value);
    }, reject);
    lifetime.onEnd(reject);
  }

  settled<T>(lifetime: Lifetime, work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => this.watch(lifetime, work, { resolve, reject }));
  }

  drain(): Promise<void> {
    this.#draining = true;
    if (this.#size === 0) this.#drained.resolve();
    return this.#drained.promise;
  }

  #add(lifetime: Lifetime): void {
    const anchor = this.#anchor;
    const last = anchor.previous ?? anchor;
    lifetime.previous = last;
    lifetime.next = anchor;
    last.next = lifetime;
    anchor.previous = lifetime;
    this.#size++;
    this.#timer ??= setInterval(() => this.#sweep(), resolution).unref();
  }

  #remove(lifetime: Lifetime): boolean {
    const { previous, next } = lifetime;
    if (!previous || !next) return false;
    previous.next = next;
    next.previous = previous;
    lifetime.previous = undefined;
    lifetime.next = undefined;
    if (--this.#size === 0 && this.#draining) this.#drained.resolve();
    return true;
  }

  #sweep(): void {
    if (this.#size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const now = performance.now();
    const calls = [...this.#all()];
    for (const call of calls) {
      if (call.deadline <= now) call.end(new DeadlineExceeded());
      else if (call.connection?.destroyed) call.end(new Cancelled());
    }
  }

  *#all(): Iterable<Lifetime> {
    for (let call = this.#anchor.next; call && call !== this.#anchor; call = call.next) yield call;
  }
}
