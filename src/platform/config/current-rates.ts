import type { Rate, Rates } from './configuration.js';

/** The rates in force: those of RATE_LIMITS until they are changed at run time. */
export class CurrentRates {
  constructor(public value: Rates) {}

  /** Of the messages of a connection that opens now; undefined when limits are off. */
  readonly ofConnection = (): Rate | undefined => (this.value.enabled ? this.value.connection : undefined);
}
