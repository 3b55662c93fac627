import type { ResilienceSettings } from '../../platform/dynamic/resilience-settings.js';
import type { Candidate } from './candidate.js';

export interface EjectionListener {
  ejected(candidate: Candidate, forMs: number): void;
  returned(candidate: Candidate): void;
}

/**
 * Takes instances that fail again and again out of the rotation for a while, never the last one: where all fail the fault
 * is not an instance's, and all come back. Figures: Envoy's outlier detection.
 */
export class Ejections {
  #candidates: readonly Candidate[] = [];
  #nextReturn = Number.POSITIVE_INFINITY;
  #count = 0;

  /** `now`: milliseconds that never go back. */
  constructor(
    public settings: ResilienceSettings['ejection'],
    private readonly listener: EjectionListener,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Since the start of this process. */
  get count(): number {
    return this.#count;
  }

  watch(candidates: readonly Candidate[]): void {
    this.#candidates = candidates;
    this.#scheduleReturn();
    if (candidates.length > 0 && candidates.every(({ isEjected }) => isEjected)) this.#returnAll();
  }

  succeeded(candidate: Candidate): void {
    candidate.failuresInARow = 0;
    candidate.isOnProbation = false;
  }

  failed(candidate: Candidate): void {
    candidate.failuresInARow++;
    const tolerated = candidate.isOnProbation ? 1 : this.settings.failures;
    if (candidate.isEjected || candidate.failuresInARow < tolerated || !this.#candidates.includes(candidate)) return;
    if (this.#isLast(candidate)) this.#returnAll();
    else this.#eject(candidate);
  }

  /** Ends the ejections whose time is over. */
  returnDue(): void {
    const now = this.now();
    if (now < this.#nextReturn) return;
    for (const candidate of this.#candidates) {
      if (candidate.ejectedUntil === undefined || candidate.ejectedUntil > now) continue;
      this.#returnOnProbation(candidate);
    }
    this.#scheduleReturn();
  }

  /** Ends the ejection of one before its time. */
  returnNow(candidate: Candidate): void {
    this.#returnOnProbation(candidate);
    this.#scheduleReturn();
  }

  #isLast(candidate: Candidate): boolean {
    return this.#candidates.every((other) => other === candidate || other.isEjected);
  }

  #eject(candidate: Candidate): void {
    const { baseMs, maxMs } = this.settings;
    const now = this.now();
    const madeGood = Math.floor((now - candidate.returnedAt) / baseMs);
    candidate.ejections = Math.max(0, candidate.ejections - madeGood) + 1;
    const forMs = Math.min(maxMs, baseMs * candidate.ejections);
    candidate.ejectedUntil = now + forMs;
    this.#count++;
    this.#scheduleReturn();
    this.listener.ejected(candidate, forMs);
  }

  /** These ejections blamed the wrong ones and are not remembered. */
  #returnAll(): void {
    for (const candidate of this.#candidates) {
      candidate.failuresInARow = 0;
      if (!candidate.isEjected) continue;
      candidate.ejections--;
      this.#return(candidate);
    }
    this.#scheduleReturn();
  }

  #returnOnProbation(candidate: Candidate): void {
    candidate.isOnProbation = true;
    this.#return(candidate);
  }

  #return(candidate: Candidate): void {
    candidate.ejectedUntil = undefined;
    candidate.isAway = false;
    candidate.failuresInARow = 0;
    candidate.returnedAt = this.now();
    this.listener.returned(candidate);
  }

  #scheduleReturn(): void {
    this.#nextReturn = Math.min(...this.#candidates.map(({ ejectedUntil = Number.POSITIVE_INFINITY }) => ejectedUntil));
  }
}
