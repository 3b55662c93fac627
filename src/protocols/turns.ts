/** So many pieces of work in one turn of the event loop; the others in later turns, in their order. */
export class Turns {
  #begun = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly perTurn: number) {}

  /** `work` throws nothing. */
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
