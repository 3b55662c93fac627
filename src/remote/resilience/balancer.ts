import type { Instance } from '../discovery/service-directory.js';
import { Candidate } from './candidate.js';
import type { Ejections } from './ejections.js';

type Accept = (candidate: Candidate) => boolean;

/** Round robin over the instances of one service that are worth a call. */
export class Balancer {
  #candidates: readonly Candidate[] = [];
  #next = 0;

  /** `isReachable`: false for an instance to which there is no connection now. */
  constructor(
    private readonly ejections: Ejections,
    private readonly isReachable: (instance: Instance) => boolean = () => true,
  ) {}

  get candidates(): readonly Candidate[] {
    return this.#candidates;
  }

  /** Those that stay keep what is known of their health. */
  update(instances: readonly Instance[]): void {
    const known = new Map(this.#candidates.map((candidate) => [candidate.instance.id, candidate]));
    this.#candidates = instances.map((instance) => {
      const candidate = known.get(instance.id);
      return candidate?.instance.address === instance.address ? candidate : new Candidate(instance);
    });
    this.ejections.watch(this.#candidates);
  }

  /**
   * A bad instance rather than one that was `tried`, one that seems away rather than one that `refused`, and any rather
   * than none; undefined where none is known.
   */
  pick(tried?: ReadonlySet<Candidate>, refused?: ReadonlySet<Candidate>): Candidate | undefined {
    this.ejections.returnDue();
    this.#readmit();
    const isNew: Accept = (candidate) => !tried?.has(candidate);
    const isUp: Accept = ({ instance }) => this.isReachable(instance);
    const picked =
      this.#turn((candidate) => isNew(candidate) && this.#isGood(candidate)) ??
      this.#turn((candidate) => isNew(candidate) && isUp(candidate)) ??
      this.#turn((candidate) => !refused?.has(candidate) && this.#isGood(candidate)) ??
      this.#turn(isNew) ??
      this.#turn(() => true);
    if (picked?.isOnProbation) picked.isProbed = true;
    return picked;
  }

  /** Whether a good instance is left beside those `tried`. */
  hasOther(tried: ReadonlySet<Candidate>): boolean {
    return this.#candidates.some((candidate) => !tried.has(candidate) && this.#isGood(candidate));
  }

  succeeded(candidate: Candidate): void {
    candidate.isProbed = false;
    this.ejections.succeeded(candidate);
  }

  failed(candidate: Candidate): void {
    candidate.isProbed = false;
    this.ejections.failed(candidate);
  }

  /** The call ended without telling anything of the instance. */
  abandoned(candidate: Candidate): void {
    candidate.isProbed = false;
  }

  /** An ejected instance that was away and is back is most likely a new process: it need not wait its time. */
  #readmit(): void {
    for (const candidate of this.#candidates) {
      if (!candidate.isEjected) continue;
      const isUp = this.isReachable(candidate.instance);
      if (isUp && candidate.isAway) this.ejections.returnNow(candidate);
      candidate.isAway = !isUp;
    }
  }

  #isGood(candidate: Candidate): boolean {
    return !candidate.isEjected && !candidate.isProbed && this.isReachable(candidate.instance);
  }

  #turn(accept: Accept): Candidate | undefined {
    const count = this.#candidates.length;
    for (let step = 0; step < count; step++) {
      const index = (this.#next + step) % count;
      const candidate = this.#candidates[index];
      if (candidate && accept(candidate)) {
        this.#next = (index + 1) % count;
        return candidate;
      }
    }
    return undefined;
  }
}
