/** A logger whose lines can be awaited. */
export class Lines {
  readonly all: string[] = [];
  readonly #awaited = new Map<RegExp, () => void>();

  readonly warn = (line: string) => this.#add(line);
  readonly log = (line: string) => this.#add(line);

  /** Resolves with the next line that fits. */
  next(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => this.#awaited.set(pattern, resolve));
  }

  #add(line: string): void {
    this.all.push(line);
    for (const [pattern, resolve] of this.#awaited) {
      if (!pattern.test(line)) continue;
      this.#awaited.delete(pattern);
      resolve();
    }
  }
}
