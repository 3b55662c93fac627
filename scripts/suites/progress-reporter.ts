import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import { emptyTally, sum, type Tally } from '../tally.js';

/** What is known of a run so far. */
export interface Progress {
  readonly tally: Tally;
  /** Test files that have begun and not ended. */
  readonly running: readonly string[];
  /** Tests that passed at a second try. */
  readonly retried: readonly string[];
}

const states: Readonly<Record<string, keyof Tally>> = { passed: 'passed', failed: 'failed' };

/** A file that could not be loaded has no test in the report and still counts as one failure. */
function tallyOf(module: TestModule): Tally {
  const outcomes = [...module.children.allTests()].map((test) => states[test.result().state] ?? 'skipped');
  const tally = sum(outcomes.map((outcome) => ({ ...emptyTally, [outcome]: 1 })));
  return module.state() === 'failed' && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

const retriedIn = (module: TestModule): string[] =>
  [...module.children.allTests()]
    .filter((test) => test.diagnostic()?.flaky)
    .map((test) => `${module.relativeModuleId} > ${test.fullName}`);

/** Keeps the progress of a run in the file PROGRESS_FILE, so that a run that is ended has it too. */
export default class ProgressReporter implements Reporter {
  readonly #running = new Set<string>();
  readonly #retried: string[] = [];
  #tally = emptyTally;

  onTestModuleStart(module: TestModule): void {
    this.#running.add(module.relativeModuleId);
    this.#save();
  }

  onTestModuleEnd(module: TestModule): void {
    this.#running.delete(module.relativeModuleId);
    this.#retried.push(...retriedIn(module));
    this.#tally = sum([this.#tally, tallyOf(module)]);
    this.#save();
  }

  #save(): void {
    const progress: Progress = { tally: this.#tally, running: [...this.#running], retried: this.#retried };
    writeFileSync(process.env.PROGRESS_FILE ?? '', JSON.stringify(progress));
  }
}
