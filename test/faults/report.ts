import type { Tally } from './steady-load.js';

/** Puts a figure into the output of the test run. */
export const report = (what: string, figure: Tally | string): void => {
  process.stdout.write(`faults: ${what}: ${figure}\n`);
};
