import { Cancelled, IdempotencyKeyInUse, ServiceUnavailable } from '../../contract/built-in-failures.js';
import type { Failure } from '../../contract/failure.js';
import { Lifetime } from '../../pipeline/lifetime.js';
import type { ResilienceSettings } from '../../platform/dynamic/resilience-settings.js';
import { fullJitter, pause } from '../../platform/schedule/backoff.js';
import type { Instance, ServiceDirectory } from '../discovery/service-directory.js';
import { Balancer, type Candidate } from './balancer.js';
import { Guard, type ResilienceLogger } from './guard.js';
import { isOutage, isUnsent, verdict } from './outage.js';
import { RetryBudget } from './retry-budget.js';
import { type SlowWork, withDeadline } from './with-deadline.js';

interface RemoteCall {
  readonly lifetime: Lifetime;
  /** A query, or a command with an idempotency key: may run twice. */
  readonly isSafe: boolean;
}

/** Rejects with a Failure; `retry: always` when nothing was sent. */
export type SendTo<T> = (instance: Instance, attempt: Lifetime) => Promise<T>;

export interface Connections {
  isReachable(instance: Instance): boolean;
  /** Closes those to other instances. */
  keep(instances: readonly Instance[]): void;
}

interface PolicyOptions {
  readonly directory: ServiceDirectory;
  readonly connections: Connections;
  readonly logger: ResilienceLogger;
}

/** Calls to one service: retries within a budget, on the instances that the balancer picks. */
export class ResiliencePolicy extends Guard {
  readonly counts = {
    calls: 0,
    retries: 0,
    retriesRefused: 0,
    /** Attempts that took too long while another instance was available. */
    givenUp: 0,
  };
  readonly budget: RetryBudget;
  readonly balancer: Balancer;
  readonly #directory: ServiceDirectory;

  constructor(name: string, settings: ResilienceSettings, { directory, connections, logger }: PolicyOptions) {
    super(name, settings, logger);
    this.#directory = directory;
    this.budget = new RetryBudget(settings.budget);
    this.balancer = new Balancer(settings.ejection, {
      isReachable: (instance) => connections.isReachable(instance),
      onEjected: ({ address }, forMs) => logger.warn(`${name}: ${address} gets no calls for ${forMs / 1_000} s`),
      onReturned: ({ address }) => logger.log(`${name}: ${address} gets calls again`),
    });
    directory.watch(name, (instances) => {
      connections.keep(instances);
      this.balancer.update(instances);
      logger.log(`${name}: ${instances.map(({ address }) => address).join(', ') || 'no instance'}`);
    });
  }

  get instances(): { readonly known: number; readonly ejected: number } {
    const { candidates } = this.balancer;
    return { known: candidates.length, ejected: candidates.filter(({ isEjected }) => isEjected).length };
  }

  /** Rejects with the last failure of `send`, with what ended the call, or with a final ServiceUnavailable. */
  async execute<T>(call: RemoteCall, send: SendTo<T>): Promise<T> {
    const { timeoutMs, fairMs } = this.settings;
    const startedAt = performance.now();
    const deadline = Math.min(call.lifetime.deadline, startedAt + timeoutMs);
    try {
      return await this.guarded(
        () => new RetriedCall(this, call, deadline, send).run(),
        (error) => verdict(error, performance.now() - startedAt, fairMs),
      );
    } catch (error) {
      if (isOutage(error)) error.retry = 'never';
      throw error;
    }
  }

  onOutage(): void {
    this.#directory.refresh(this.name);
  }

  override update(settings: ResilienceSettings): void {
    super.update(settings);
    this.budget.settings = settings.budget;
    this.balancer.settings = settings.ejection;
  }
}

class TookTooLong extends Cancelled {}

/** Shared: most calls have one attempt. */
const none: ReadonlySet<Candidate> = new Set();

const including = (set: ReadonlySet<Candidate>, candidate: Candidate): ReadonlySet<Candidate> =>
  new Set(set).add(candidate);

class RetriedCall<T> {
  readonly #settings: ResilienceSettings;
  #tried = none;
  #unsent = none;
  #attempts = 0;
  /** An attempt had no answer: its command may still run. */
  #mayRun = false;

  constructor(
    private readonly policy: ResiliencePolicy,
    private readonly call: RemoteCall,
    private readonly deadline: number,
    private readonly send: SendTo<T>,
  ) {
    this.#settings = policy.settings;
  }

  async run(): Promise<T> {
    const { balancer, budget, counts } = this.policy;
    counts.calls++;
    budget.countCall();
    let candidate = balancer.pick();
    for (;;) {
      this.#attempts++;
      try {
        return await this.#try(candidate);
      } catch (error) {
        await this.#beforeNext(error);
        if (!this.#isKeyInUse(error)) candidate = balancer.pick(this.#tried, this.#unsent);
        this.#mayRun ||= error instanceof TookTooLong || (isOutage(error) && !isUnsent(error));
      }
    }
  }

  async #try(candidate: Candidate | undefined): Promise<T> {
    if (!candidate) throw this.#noInstance();
    const { lifetime } = this.call;
    const attempt = new Lifetime(this.deadline, undefined);
    const end = (failure: Failure) => attempt.end(failure);
    lifetime.onEnd(end);
    const startedAt = performance.now();
    try {
      const value = await withDeadline(attempt, () => this.send(candidate.instance, attempt), this.#slow(candidate));
      this.policy.balancer.succeeded(candidate);
      return value;
    } catch (error) {
      this.#tried = including(this.#tried, candidate);
      if (isUnsent(error)) this.#unsent = including(this.#unsent, candidate);
      this.#judge(candidate, error, performance.now() - startedAt);
      throw error;
    } finally {
      lifetime.offEnd(end);
    }
  }

  #slow(candidate: Candidate): SlowWork | undefined {
    if (!this.call.isSafe) return undefined;
    return { ms: this.#settings.retry.attemptTimeoutMs, giveUp: () => this.#giveUp(candidate) };
  }

  #judge(candidate: Candidate, error: unknown, ms: number): void {
    const { balancer } = this.policy;
    const found = error instanceof TookTooLong ? 'failure' : verdict(error, ms, this.#settings.fairMs);
    if (found === 'answer') balancer.succeeded(candidate);
    else if (found === 'neutral') balancer.abandoned(candidate);
    else {
      balancer.failed(candidate);
      this.policy.onOutage();
    }
  }

  /** Only for another good instance; otherwise it keeps waiting. */
  #giveUp(candidate: Candidate): Failure | undefined {
    const { balancer, counts } = this.policy;
    this.#tried = including(this.#tried, candidate);
    if (this.#attempts >= this.#settings.retry.attempts || !balancer.hasOther(this.#tried)) return undefined;
    if (!this.#claimRetry()) return undefined;
    counts.givenUp++;
    return new TookTooLong();
  }

  #claimRetry(): boolean {
    const { budget, counts } = this.policy;
    const isAllowed = budget.claim();
    if (!isAllowed) counts.retriesRefused++;
    return isAllowed;
  }

  async #beforeNext(error: unknown): Promise<void> {
    if (!(error instanceof TookTooLong)) {
      const { lifetime } = this.call;
      await pause(this.#delay(error), lifetime.signal);
      if (lifetime.ended) throw lifetime.ended;
    }
    this.policy.counts.retries++;
  }

  /** Milliseconds. Throws `error` when there is no next attempt. */
  #delay(error: unknown): number {
    const { retry } = this.#settings;
    const isLast = this.#attempts >= retry.attempts;
    const hasNext = this.#isKeyInUse(error) || (!isLast && this.#mayRepeat(error));
    if (!hasNext) throw error;
    const delay = Math.max(this.#pushback(error), fullJitter(retry, this.#attempts));
    if (performance.now() + delay >= this.deadline || !this.#claimRetry()) throw error;
    return delay;
  }

  /** Milliseconds requested by an instance; applies to that instance only. */
  #pushback(error: Failure): number {
    if (isUnsent(error) || this.policy.balancer.hasOther(this.#tried)) return 0;
    return error.hasExplicitPause ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
  }

  /** An earlier attempt of this call holds the key: its outcome comes from the same instance. */
  #isKeyInUse(error: unknown): error is IdempotencyKeyInUse {
    return this.#mayRun && error instanceof IdempotencyKeyInUse;
  }

  #mayRepeat(error: unknown): error is ServiceUnavailable {
    return isOutage(error) && error.kind === 'unavailable' && (this.call.isSafe || isUnsent(error));
  }

  #noInstance(): ServiceUnavailable {
    this.policy.onOutage();
    const cause = new Error(`no instance of ${this.policy.name} is known`);
    return new ServiceUnavailable({ detail: 'Nobody is there to answer this at the moment', cause, retry: 'always' });
  }
}
