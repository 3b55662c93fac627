import type { Rates } from './configuration.js';

/** The rates in force: those of RATE_LIMITS until they are changed at run time. */
export class CurrentRates {
  constructor(public value: Rates) {}
}
