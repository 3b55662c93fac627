import type { Failure } from '../contract/failure.js';

export interface Connection {
  readonly destroyed: boolean;
}

type EndListener = (failure: Failure) => void;

export class Lifetime {
  previous: Lifetime | undefined;
  next: Lifetime | undefined;
  #controller: AbortController | undefined;
  #ended: Failure | undefined;
  #onEnd: EndListener | undefined;
  #others: Set<EndListener> | undefined;

  /** Milliseconds of `performance.now()`. */
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
    for (const listener of this.#others ?? []) listener(failure);
  }

  onEnd(listener: EndListener): void {
    if (this.#ended) listener(this.#ended);
    else if (!this.#onEnd) this.#onEnd = listener;
    else {
      this.#others ??= new Set();
      this.#others.add(listener);
    }
  }

  offEnd(listener: EndListener): void {
    if (this.#onEnd === listener) this.#onEnd = undefined;
    else this.#others?.delete(listener);
  }
}
