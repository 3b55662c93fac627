import { type Excess, Pressure } from '../../src/pipeline/pressure.js';

/** Measures nothing: reports the given excess. */
export class MemoryPressure extends Pressure {
  set(excess: Exclude<Excess, 'calls'> | undefined): void {
    this.found = excess;
  }

  limitCalls(most: number): void {
    this.mostCalls = most;
  }
}
