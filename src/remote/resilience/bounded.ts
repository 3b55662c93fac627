import { DeadlineExceeded } from '../../contract/built-in-failures.js';

export interface Bounds {
  /** Milliseconds of `performance.now()`. */
  readonly deadline: number;
  /** Ends the work with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Asked once, after `afterMs`: what it returns ends the work, which goes on where it returns nothing. */
  readonly patience?: { readonly afterMs: number; giveUp(): Error | undefined } | undefined;
}

/** One piece of work and its end: by itself, its deadline, its caller, or for taking too long. */
class Bounded<T> {
  readonly #controller = new AbortController();
  readonly #result = Promise.withResolvers<T>();
  readonly #onAbort = () => this.#end(this.bounds.signal?.reason);
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly bounds: Bounds) {}

  run(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.bounds;
    if (signal?.aborted) return Promise.reject(signal.reason);
    signal?.addEventListener('abort', this.#onAbort);
    this.#wait();
    Promise.try(work, this.#controller.signal).then(
      (value) => {
        this.#settle();
        this.#result.resolve(value);
      },
      (error: unknown) => {
        this.#settle();
        this.#result.reject(error);
      },
    );
    return this.#result.promise;
  }

  #wait(): void {
    const { deadline, patience } = this.bounds;
    const left = deadline - performance.now();
    if (patience && patience.afterMs < left) this.#timer = setTimeout(() => this.#impatient(), patience.afterMs);
    else this.#waitFor(left);
  }

  #waitFor(ms: number): void {
    this.#timer = setTimeout(() => this.#end(new DeadlineExceeded()), Math.max(0, ms));
  }

  #impatient(): void {
    const reason = this.bounds.patience?.giveUp();
    if (reason) this.#end(reason);
    else this.#waitFor(this.bounds.deadline - performance.now());
  }

  #end(reason: unknown): void {
    this.#settle();
    this.#result.reject(reason);
    this.#controller.abort(reason);
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.bounds.signal?.removeEventListener('abort', this.#onAbort);
  }
}

/** The result of `work`, which is told by its signal when it is no longer waited for. Rejects with DeadlineExceeded. */
export function bounded<T>(bounds: Bounds, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  if (bounds.deadline <= performance.now()) return Promise.reject(new DeadlineExceeded());
  return new Bounded<T>(bounds).run(work);
}
