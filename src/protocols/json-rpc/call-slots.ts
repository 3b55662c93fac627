/** At most `size` pieces of work at once; the others wait their turn. */
export class CallSlots {
  #taken = 0;
  #starting = false;
  readonly #waiting: (() => void)[] = [];
  readonly #whenIdle: (() => void)[] = [];

  constructor(private readonly size: number) {}

  /** Starts `work` now, or returns a promise of its start. `work` ends with `release()` and throws nothing. */
  run(work: () => void): Promise<void> | undefined {
    if (this.#taken < this.size) {
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
    this.#taken--;
    if (!this.#starting) this.#startWaiting();
    if (this.#taken === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** A loop, because work that ends at once would fill the stack. */
  #startWaiting(): void {
    this.#starting = true;
    while (this.#taken < this.size) {
      const next = this.#waiting.shift();
      if (!next) break;
      this.#taken++;
      next();
    }
    this.#starting = false;
  }

  /** Whether work waits. */
  get crowded(): boolean {
    return this.#waiting.length > 0;
  }

  /** Resolves when nothing runs. */
  idle(): Promise<void> {
    return this.#taken === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenIdle.push(resolve));
  }
}
