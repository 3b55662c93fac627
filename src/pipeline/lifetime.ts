import type { Failure } from '../contract/failure.js';

export interface Connection {
  readonly destroyed: boolean;
}

type EndListener = (failure: Failure) => void;

export class Lifetime {
  #controller: AbortController | undefined;
  #ended: Failure | undefined;
  #listeners: EndListener[] | undefined;

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
    for (const listener of this.#listeners ?? []) listener(failure);
  }

  onEnd(listener: EndListener): void {
    if (this.#ended) listener(this.#ended);
    else if (this.#listeners) this.#listeners.push(listener);
    else this.#listeners = [listener];
  }

  offEnd(listener: EndListener): void {
    this.#listeners = this.#listeners?.filter((other) => other !== listener);
  }
}
