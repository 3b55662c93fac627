import type { ResilienceSettings } from '../../platform/dynamic/resilience-settings.js';
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

interface BalancerOptions {
  isReachable(instance: Instance): boolean;
  onEjected(instance: Instance, forMs: number): void;
  onReturned(instance: Instance): void;
}

/** Round robin, with ejections as in Envoy's outlier detection; but when the last instance fails too, all return. */
export class Balancer {
  candidates: readonly Candidate[] = [];
  ejections = 0;
  #next = 0;

  /** `now`: monotonic milliseconds. */
  constructor(
    public settings: ResilienceSettings['ejection'],
    private readonly options: BalancerOptions,
    private readonly now: () => number = () => performance.now(),
  ) {}

  update(instances: readonly Instance[]): void {
    const known = new Map(this.candidates.map((candidate) => [candidate.instance.id, candidate]));
    this.candidates = instances.map((instance) => {
      const candidate = known.get(instance.id);
      return candidate?.instance.address === instance.address ? candidate : new Candidate(instance);
    });
    if (this.candidates.every(({ isEjected }) => isEjected)) this.#returnAll();
  }

  /** `unsent`: tried ones that received nothing. */
  pick(tried?: ReadonlySet<Candidate>, unsent?: ReadonlySet<Candidate>): Candidate | undefined {
    this.#returnDue();
    const count = this.candidates.length;
    const first = this.#next;
    let picked: Candidate | undefined;
    let best = Number.POSITIVE_INFINITY;
    for (let step = 0; step < count && best > 0; step++) {
      const index = (first + step) % count;
      const candidate = this.candidates[index] as Candidate;
      const rank = this.#rank(candidate, tried, unsent);
      if (rank >= best) continue;
      best = rank;
      picked = candidate;
      this.#next = (index + 1) % count;
    }
    if (picked?.isOnProbation) picked.isProbed = true;
    return picked;
  }

  hasOther(tried: ReadonlySet<Candidate>): boolean {
    return this.candidates.some((candidate) => !tried.has(candidate) && this.#isGood(candidate));
  }

  succeeded(candidate: Candidate): void {
    candidate.isProbed = false;
    candidate.isOnProbation = false;
    candidate.failuresInARow = 0;
  }

  failed(candidate: Candidate): void {
    candidate.isProbed = false;
    candidate.failuresInARow++;
    const tolerated = candidate.isOnProbation ? 1 : this.settings.failures;
    if (candidate.isEjected || candidate.failuresInARow < tolerated || !this.candidates.includes(candidate)) return;
    const isLast = this.candidates.every((other) => other === candidate || other.isEjected);
    if (isLast) this.#returnAll();
    else this.#eject(candidate);
  }

  abandoned(candidate: Candidate): void {
    candidate.isProbed = false;
  }

  /** Lowest is best: untried and good, untried and reachable, tried and good, untried, the rest. */
  #rank(candidate: Candidate, tried?: ReadonlySet<Candidate>, unsent?: ReadonlySet<Candidate>): number {
    const isNew = !tried?.has(candidate);
    const isGood = this.#isGood(candidate);
    if (isNew && isGood) return 0;
    if (isNew && this.options.isReachable(candidate.instance)) return 1;
    if (isGood && !unsent?.has(candidate)) return 2;
    return isNew ? 3 : 4;
  }

  #isGood(candidate: Candidate): boolean {
    return !candidate.isEjected && !candidate.isProbed && this.options.isReachable(candidate.instance);
  }

  #eject(candidate: Candidate): void {
    const { baseMs, maxMs } = this.settings;
    const now = this.now();
    const madeGood = Math.floor((now - candidate.returnedAt) / baseMs);
    candidate.ejections = Math.max(0, candidate.ejections - madeGood) + 1;
    const forMs = Math.min(maxMs, baseMs * candidate.ejections);
    candidate.ejectedUntil = now + forMs;
    this.ejections++;
    this.options.onEjected(candidate.instance, forMs);
  }

  /** An ejected instance that is reachable again is most likely a new process: it returns at once. */
  #returnDue(): void {
    for (const candidate of this.candidates) {
      if (candidate.ejectedUntil === undefined) continue;
      const isReachable = this.options.isReachable(candidate.instance);
      const isBack = isReachable && candidate.wasUnreachable;
      candidate.wasUnreachable = !isReachable;
      if (!isBack && this.now() < candidate.ejectedUntil) continue;
      candidate.isOnProbation = true;
      this.#return(candidate);
    }
  }

  /** These ejections do not count: they hit every instance. */
  #returnAll(): void {
    for (const candidate of this.candidates) {
      candidate.failuresInARow = 0;
      if (!candidate.isEjected) continue;
      candidate.ejections--;
      this.#return(candidate);
    }
  }

  #return(candidate: Candidate): void {
    candidate.ejectedUntil = undefined;
    candidate.wasUnreachable = false;
    candidate.failuresInARow = 0;
    candidate.returnedAt = this.now();
    this.options.onReturned(candidate.instance);
  }
}
