import type { Instance } from '../discovery/service-directory.js';

/** An instance, and what its calls told of its health. */
export class Candidate {
  failuresInARow = 0;
  /** Until when it gets no calls; undefined while it does. Milliseconds of the ejections' clock. */
  ejectedUntil: number | undefined;
  /** How often it was ejected, less what it made good by serving. */
  ejections = 0;
  returnedAt = 0;
  /** Back from an ejection and not yet proven: one call at a time, and the first failure ejects it again. */
  isOnProbation = false;
  isProbed = false;
  /** While ejected: there was no connection to it. */
  isAway = false;

  constructor(readonly instance: Instance) {}

  get isEjected(): boolean {
    return this.ejectedUntil !== undefined;
  }
}
