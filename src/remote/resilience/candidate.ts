import type { Instance } from '../discovery/service-directory.js';

export class Candidate {
  failuresInARow = 0;
  /** Milliseconds of the balancer's clock; undefined while it gets calls. */
  ejectedUntil: number | undefined;
  /** Less one for each `baseMs` in which it served. */
  ejections = 0;
  returnedAt = 0;
  /** Back from an ejection and not yet proven: one call at a time, and the first failure ejects it again. */
  isOnProbation = false;
  isProbed = false;
  wasUnreachable = false;

  constructor(readonly instance: Instance) {}

  get isEjected(): boolean {
    return this.ejectedUntil !== undefined;
  }
}
