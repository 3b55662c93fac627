import { IdempotencyKeyInUse, ServiceUnavailable } from '../../contract/built-in-failures.js';
import type { Failure } from '../../contract/failure.js';
import type { ResilienceSettings } from '../../platform/dynamic/resilience-settings.js';
import { fullJitter, pause } from '../../platform/schedule/backoff.js';
import type { Instance } from '../discovery/service-directory.js';
import type { Balancer } from './balancer.js';
import { bounded } from './bounded.js';
import type { Candidate } from './candidate.js';
import { isOutage, isUnsent, verdict } from './outage.js';
import type { RetryBudget } from './retry-budget.js';

export interface RemoteCall {
  /** Milliseconds of `performance.now()`. */
  readonly deadline: number;
  /** Aborted, with a Failure for its reason, when nobody waits for the call any more. */
  readonly signal: AbortSignal;
  /** It may run twice: a query, or a command with an idempotency key. */
  readonly isSafe: boolean;
}

export interface Attempt {
  readonly instance: Instance;
  /** Milliseconds of `performance.now()`. */
  readonly deadline: number;
  /** Aborted when nobody waits for this attempt any more, maybe for another instance was asked. */
  readonly signal: AbortSignal;
}

/** Asks one instance. Rejects with a Failure, whose `retry` is `always` where the request was not sent. */
export type AskInstance<T> = (attempt: Attempt) => Promise<T>;

/** Since the start of this process. */
export interface RetryCounts {
  calls: number;
  retries: number;
  /** By the budget. */
  retriesRefused: number;
  /** Attempts that took too long while another instance could be asked. */
  givenUp: number;
}

export interface RetryParts {
  readonly service: string;
  readonly settings: ResilienceSettings;
  readonly balancer: Balancer;
  readonly budget: RetryBudget;
  readonly counts: RetryCounts;
  /** An instance did not answer. */
  onOutage(): void;
}

class TookTooLong extends Error {}

/** One call as the attempts it takes. */
export class RetriedCall<T> {
  readonly #tried = new Set<Candidate>();
  /** Those to which nothing could be sent. */
  readonly #refused = new Set<Candidate>();
  #attempts = 0;
  /** An attempt ended without an answer: what it asked for may be on its way still. */
  #mayRun = false;
  /** To be asked again: it was there. */
  #next: Candidate | undefined;

  constructor(
    private readonly parts: RetryParts,
    private readonly call: RemoteCall,
    private readonly ask: AskInstance<T>,
  ) {}

  async run(): Promise<T> {
    const { balancer, budget, counts } = this.parts;
    counts.calls++;
    budget.countCall();
    for (;;) {
      this.#attempts++;
      const candidate = this.#next ?? balancer.pick(this.#tried, this.#refused);
      try {
        return await this.#attempt(candidate);
      } catch (error) {
        await this.#beforeNext(error);
        this.#next = this.#isBlocked(error) ? candidate : undefined;
        this.#mayRun ||= error instanceof TookTooLong || (isOutage(error) && !isUnsent(error));
      }
    }
  }

  async #attempt(candidate: Candidate | undefined): Promise<T> {
    if (!candidate) throw this.#nobody();
    const startedAt = performance.now();
    try {
      const value = await this.#bounded(candidate);
      this.parts.balancer.succeeded(candidate);
      return value;
    } catch (error) {
      this.#tried.add(candidate);
      if (isUnsent(error)) this.#refused.add(candidate);
      this.#judge(candidate, error, performance.now() - startedAt);
      throw error;
    }
  }

  #bounded(candidate: Candidate): Promise<T> {
    const { deadline, signal, isSafe } = this.call;
    const { instance } = candidate;
    const afterMs = this.parts.settings.retry.attemptTimeoutMs;
    const patience = isSafe ? { afterMs, giveUp: () => this.#giveUp(candidate) } : undefined;
    return bounded({ deadline, signal, patience }, (ended) => this.ask({ instance, deadline, signal: ended }));
  }

  #judge(candidate: Candidate, error: unknown, ms: number): void {
    const { balancer, settings } = this.parts;
    const found = error instanceof TookTooLong ? 'failure' : verdict(error, ms, settings.fairMs);
    if (found === 'answer') balancer.succeeded(candidate);
    else if (found === 'neutral') balancer.abandoned(candidate);
    else {
      balancer.failed(candidate);
      this.parts.onOutage();
    }
  }

  /** Waiting on is better than giving up for nothing. */
  #giveUp(candidate: Candidate): Error | undefined {
    const { balancer, settings, budget, counts } = this.parts;
    this.#tried.add(candidate);
    if (this.#attempts >= settings.retry.attempts || !balancer.hasOther(this.#tried)) return undefined;
    if (!budget.claim()) {
      counts.retriesRefused++;
      return undefined;
    }
    counts.givenUp++;
    return new TookTooLong();
  }

  /** Throws `error` where there is no next attempt. */
  async #beforeNext(error: unknown): Promise<void> {
    if (!(error instanceof TookTooLong)) {
      const { signal } = this.call;
      await pause(this.#delay(error), signal);
      if (signal.aborted) throw signal.reason;
    }
    this.parts.counts.retries++;
  }

  #delay(error: unknown): number {
    const { settings, budget, counts } = this.parts;
    const isLast = this.#attempts >= settings.retry.attempts;
    const hasNext = this.#isBlocked(error) || (!isLast && this.#mayRepeat(error));
    if (!hasNext) throw error;
    const delay = Math.max(this.#pushback(error), fullJitter(settings.retry, this.#attempts));
    if (performance.now() + delay >= this.call.deadline) throw error;
    if (budget.claim()) return delay;
    counts.retriesRefused++;
    throw error;
  }

  /** Milliseconds. Who asks for a pause asks it for itself, so another instance need not wait. */
  #pushback(error: Failure): number {
    if (isUnsent(error) || this.parts.balancer.hasOther(this.#tried)) return 0;
    return error.asksForPause ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
  }

  /** An attempt that this call gave up has the key: its outcome is what the caller waits for. */
  #isBlocked(error: unknown): error is IdempotencyKeyInUse {
    return this.#mayRun && error instanceof IdempotencyKeyInUse;
  }

  #mayRepeat(error: unknown): error is ServiceUnavailable {
    return isOutage(error) && error.kind === 'unavailable' && (this.call.isSafe || isUnsent(error));
  }

  #nobody(): ServiceUnavailable {
    this.parts.onOutage();
    const cause = new Error(`no instance of ${this.parts.service} is known`);
    return new ServiceUnavailable({ detail: 'Nobody is there to answer this at the moment', cause, retry: 'always' });
  }
}
