/** One check of the whole tree, counted as one test. */
export interface Gate {
  readonly name: string;
  /** What to do when it fails, in one sentence. */
  readonly fix: string;
  run(): Promise<Verdict>;
}

export interface Verdict {
  readonly passed: boolean;
  readonly output: string;
}

/** A gate of our own: `complaints` lists what is wrong, a line each. */
export function rule(name: string, fix: string, complaints: () => string[]): Gate {
  return {
    name,
    fix,
    async run() {
      const found = complaints();
      return { passed: found.length === 0, output: found.join('\n') };
    },
  };
}
