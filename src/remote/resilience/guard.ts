import type { Logger } from '@nestjs/common';
import { DeadlineExceeded, ServiceUnavailable } from '../../contract/built-in-failures.js';
import { Failure } from '../../contract/failure.js';
import { Lifetime } from '../../pipeline/lifetime.js';
import type { ResilienceSettings } from '../../platform/dynamic/resilience-settings.js';
import { Semaphore } from '../../platform/schedule/semaphore.js';
import { Circuit, type CircuitState, type Judge, type Verdict } from './circuit.js';
import { verdict } from './outage.js';
import { withDeadline } from './with-deadline.js';

export type ResilienceLogger = Pick<Logger, 'log' | 'warn'>;

/** Limits parallel calls to one service or dependency, and refuses them while its circuit is open. */
export class Guard {
  readonly circuit: Circuit;
  readonly bulkhead: Semaphore;

  constructor(
    readonly name: string,
    public settings: ResilienceSettings,
    protected readonly logger: ResilienceLogger,
  ) {
    this.circuit = new Circuit(name, settings.breaker, (from, to) => this.#changed(from, to));
    this.bulkhead = new Semaphore(settings.concurrency, 0, () => this.#full());
  }

  update(settings: ResilienceSettings): void {
    this.settings = settings;
    this.bulkhead.limit = settings.concurrency;
    this.circuit.update(settings.breaker);
  }

  protected guarded<T>(work: () => Promise<T>, judge: Judge): Promise<T> {
    return this.bulkhead.run(() => this.circuit.run(work, judge));
  }

  #changed(from: CircuitState, to: CircuitState): void {
    const line = `Circuit ${this.name}: ${from} -> ${to}`;
    if (to === 'OPEN') this.logger.warn(line);
    else this.logger.log(line);
  }

  #full(): ServiceUnavailable {
    const cause = new Error(`too many calls to ${this.name} are under way`);
    return new ServiceUnavailable({ detail: 'Too many calls of this kind are under way', retryAfterSeconds: 1, cause });
  }
}

interface OutboundOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** For dependencies outside this product: a time limit, no retries. */
export class OutboundBreaker extends Guard {
  /** `fetch` resolves with a 503: throw ServiceUnavailable if an answer means an outage. Other Failures are ignored. */
  run<T>(
    work: (signal: AbortSignal) => Promise<T>,
    { timeoutMs = this.settings.timeoutMs, signal }: OutboundOptions = {},
  ): Promise<T> {
    const startedAt = performance.now();
    const lifetime = new Lifetime(startedAt + timeoutMs, undefined);
    const onAbort = () => lifetime.end(signal?.reason);
    return this.guarded(
      async () => {
        signal?.throwIfAborted();
        signal?.addEventListener('abort', onAbort);
        try {
          return await withDeadline(lifetime, () => work(lifetime.signal));
        } finally {
          signal?.removeEventListener('abort', onAbort);
        }
      },
      (error) => this.#judge(error, performance.now() - startedAt, signal),
    );
  }

  #judge(error: unknown, ms: number, signal: AbortSignal | undefined): Verdict {
    if (signal?.aborted && !(error instanceof DeadlineExceeded)) return 'neutral';
    return error instanceof Failure ? verdict(error, ms, this.settings.fairMs) : 'failure';
  }
}
