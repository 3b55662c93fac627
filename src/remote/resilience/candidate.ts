import type { Instance } from '../discovery/service-directory.js';

export class Candidate {
  failuresInARow = 0;
  /** By the balancer's clock; undefined when not ejected. */
  ejectedUntil: number | undefined;
  /** Decreases by one per `baseMs` of service. */
  ejections = 0;
  returnedAt = 0;
  /** After an ejection: one call at a time, and the first failure ejects it again. */
  isOnProbation = false;
  isProbed = false;
  wasUnreachable = false;

  constructor(readonly instance: Instance) {}

  get isEjected(): boolean {
    return this.ejectedUntil !== undefined;
  }
}
