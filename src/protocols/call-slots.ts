/** At most `size` calls at once and per event loop turn, so that one connection does not hold up the others. */
export class CallSlots {
  #taken = 0;
  #released = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #whenIdle: (() => void)[] = [];

  constructor(private readonly size: number) {}

  /** Starts `work` now, or returns a promise of its start. `work` must not throw, and ends with `release()`. */
  run(work: () => void): Promise<void> | undefined {
    if (this.#taken < this.size && !this.crowded) {
      this.#taken++;
      work();
      return undefined;
    }
    return new Promise((resolve) => {
      this.#waiting.push(() => {
        resolve();
        work();
      });
    });
  }

  release(): void {
    if (this.#released++ === 0) setImmediate(() => this.#nextTurn());
  }

  #nextTurn(): void {
    this.#taken -= this.#released;
    this.#released = 0;
    while (this.#taken < this.size && this.crowded) {
      this.#taken++;
      this.#waiting.shift()?.();
    }
    if (this.#taken === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  get crowded(): boolean {
    return this.#waiting.length > 0;
  }

  idle(): Promise<void> {
    return this.#taken === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenIdle.push(resolve));
  }
}
