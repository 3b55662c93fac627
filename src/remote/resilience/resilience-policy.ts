import type { ResilienceSettings } from '../../platform/dynamic/resilience-settings.js';
import type { Instance } from '../discovery/service-directory.js';
import type { Balancer } from './balancer.js';
import type { Bulkhead } from './bulkhead.js';
import type { Circuit } from './circuit.js';
import type { Ejections } from './ejections.js';
import { isOutage, verdict } from './outage.js';
import { type AskInstance, type RemoteCall, RetriedCall, type RetryCounts, type RetryParts } from './retried-call.js';
import type { RetryBudget } from './retry-budget.js';

export interface PolicyParts {
  readonly circuit: Circuit;
  readonly bulkhead: Bulkhead;
  readonly budget: RetryBudget;
  readonly ejections: Ejections;
  readonly balancer: Balancer;
  /** An instance did not answer. */
  onOutage(): void;
}

/** How one remote service is called: bulkhead, circuit, deadline, and attempts on instances that are worth it. */
export class ResiliencePolicy {
  readonly counts: RetryCounts = { calls: 0, retries: 0, retriesRefused: 0, givenUp: 0 };
  #retries: RetryParts;

  constructor(
    readonly service: string,
    settings: ResilienceSettings,
    private readonly parts: PolicyParts,
  ) {
    this.#retries = { ...parts, service, settings, counts: this.counts };
  }

  get circuit(): Circuit {
    return this.parts.circuit;
  }

  get bulkhead(): Bulkhead {
    return this.parts.bulkhead;
  }

  /** Of all known instances: how many there are, and how many get no calls for a while. */
  get instances(): { readonly known: number; readonly ejected: number } {
    const { candidates } = this.parts.balancer;
    return { known: candidates.length, ejected: candidates.filter(({ isEjected }) => isEjected).length };
  }

  /** Since the start of this process. */
  get ejectionCount(): number {
    return this.parts.ejections.count;
  }

  /** By the budget, now. */
  get retriesLeft(): number {
    return this.parts.budget.left;
  }

  /**
   * Rejects with what `ask` rejected with last, with ServiceUnavailable where the service is not asked at all, with
   * DeadlineExceeded, and with the reason of the call's signal. Outages it rejects with are not to be retried.
   */
  async execute<T>(call: RemoteCall, ask: AskInstance<T>): Promise<T> {
    const { bulkhead, circuit } = this.parts;
    const retries = this.#retries;
    const { timeoutMs, fairMs } = retries.settings;
    const startedAt = performance.now();
    const deadline = Math.min(call.deadline, startedAt + timeoutMs);
    const { signal, isSafe } = call;
    const attempts = () => new RetriedCall(retries, { deadline, signal, isSafe }, ask).run();
    const judge = (error: unknown) => verdict(error, performance.now() - startedAt, fairMs);
    try {
      return await bulkhead.run(() => circuit.run(attempts, judge));
    } catch (error) {
      if (isOutage(error)) error.retry = 'never';
      throw error;
    }
  }

  setInstances(instances: readonly Instance[]): void {
    this.parts.balancer.update(instances);
  }

  /** Holds for calls that begin from now on. */
  update(settings: ResilienceSettings): void {
    const { circuit, bulkhead, budget, ejections } = this.parts;
    this.#retries = { ...this.#retries, settings };
    bulkhead.limit = settings.concurrency;
    budget.settings = settings.budget;
    ejections.settings = settings.ejection;
    circuit.update(settings.breaker);
  }
}
