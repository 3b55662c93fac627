import type { Failure } from '../contract/failure.js';

/** The network connection of a caller who can go away. */
export interface Connection {
  readonly destroyed: boolean;
}

/** When a call ends early: its deadline passed or its caller went away. Shared by all that work for the call. */
export class Lifetime {
  /** Neighbours in the list of running calls. */
  previous: Lifetime | undefined;
  next: Lifetime | undefined;
  #controller: AbortController | undefined;
  #ended: Failure | undefined;
  #onEnd: ((failure: Failure) => void) | undefined;

  /** `deadline`: milliseconds of `performance.now()`. */
  constructor(
    readonly deadline: number,
    readonly connection: Connection | undefined,
  ) {}

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#ended) this.#controller.abort(this.#ended);
    }
    return this.#controller.signal;
  }

  get ended(): Failure | undefined {
    return this.#ended;
  }

  end(failure: Failure): void {
    if (this.#ended) return;
    this.#ended = failure;
    this.#controller?.abort(failure);
    this.#onEnd?.(failure);
  }

  /** At once when it has ended already. */
  onEnd(listener: (failure: Failure) => void): void {
    const former = this.#onEnd;
    this.#onEnd = former
      ? (failure) => {
          former(failure);
          listener(failure);
        }
      : listener;
    if (this.#ended) listener(this.#ended);
  }
}
