interface Input {
  pause(): unknown;
  resume(): unknown;
}

/** At most `size` calls at once and per event loop turn, so that one connection does not hold up the others. */
export class CallSlots {
  #taken = 0;
  #released = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #whenIdle: (() => void)[] = [];

  /** `input` is paused while calls wait. */
  constructor(
    private readonly size: number,
    private readonly input?: Input,
  ) {}

  /** Starts `work` now or in a later turn, in order. `work` must not throw, and ends with `release()`. */
  run(work: () => void): void {
    if (this.#taken < this.size && this.#waiting.length === 0) {
      this.#taken++;
      work();
    } else if (this.#waiting.push(work) === 1) this.input?.pause();
  }

  release(): void {
    if (this.#released++ === 0) setImmediate(() => this.#nextTurn());
  }

  #nextTurn(): void {
    this.#taken -= this.#released;
    this.#released = 0;
    if (this.#waiting.length > 0) this.#startWaiting();
    if (this.#taken === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  #startWaiting(): void {
    while (this.#taken < this.size && this.#waiting.length > 0) {
      this.#taken++;
      this.#waiting.shift()?.();
    }
    if (this.#waiting.length === 0) this.input?.resume();
  }

  idle(): Promise<void> {
    return this.#taken === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenIdle.push(resolve));
  }
}
