/** Limits the work per event loop turn; the rest runs in later turns, in order. */
export class Turns {
  #begun = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly perTurn: number) {}

  /** `work` must not throw. */
  run(work: () => void): void {
    if (this.#begun < this.perTurn && this.#waiting.length === 0) this.#begin(work);
    else this.#waiting.push(work);
  }

  #begin(work: () => void): void {
    if (this.#begun++ === 0) setImmediate(() => this.#next());
    work();
  }

  #next(): void {
    this.#begun = 0;
    for (const work of this.#waiting.splice(0, this.perTurn)) this.#begin(work);
  }
}
