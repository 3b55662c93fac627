import { DeadlineExceeded } from '../../contract/built-in-failures.js';
import { Failure } from '../../contract/failure.js';
import type { ResilienceSettings } from '../../platform/dynamic/resilience-settings.js';
import { bounded } from './bounded.js';
import type { Bulkhead } from './bulkhead.js';
import type { Circuit, Verdict } from './circuit.js';
import { verdict } from './outage.js';

export interface OutboundOptions {
  /** Milliseconds; the setting when absent. */
  readonly timeoutMs?: number;
  /** Of the call this is done for. */
  readonly signal?: AbortSignal;
}

/** For a dependency outside this product, over HTTP or anything else: bulkhead, circuit and time limit, no retries. */
export class OutboundBreaker {
  constructor(
    private settings: ResilienceSettings,
    readonly circuit: Circuit,
    readonly bulkhead: Bulkhead,
  ) {}

  /**
   * Counts every error but a Failure of another kind than `unavailable` and `deadline_exceeded`. `fetch` resolves with a
   * 503: throw ServiceUnavailable for those answers that mean an outage.
   */
  run<T>(
    work: (signal: AbortSignal) => Promise<T>,
    { timeoutMs = this.settings.timeoutMs, signal }: OutboundOptions = {},
  ): Promise<T> {
    const startedAt = performance.now();
    const limited = () => bounded({ deadline: startedAt + timeoutMs, signal }, work);
    const judge = (error: unknown) => this.#judge(error, performance.now() - startedAt, signal);
    return this.bulkhead.run(() => this.circuit.run(limited, judge));
  }

  update(settings: ResilienceSettings): void {
    this.settings = settings;
    this.bulkhead.limit = settings.concurrency;
    this.circuit.update(settings.breaker);
  }

  #judge(error: unknown, ms: number, signal: AbortSignal | undefined): Verdict {
    if (signal?.aborted && !(error instanceof DeadlineExceeded)) return 'neutral';
    return error instanceof Failure ? verdict(error, ms, this.settings.fairMs) : 'failure';
  }
}
