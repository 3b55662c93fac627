import CircuitBreaker from 'opossum';
import { ServiceUnavailable } from '../../contract/built-in-failures.js';
import { wallClock } from '../../contract/wall-clock.js';
import type { ResilienceSettings } from '../../platform/dynamic/resilience-settings.js';

export type CircuitState = 'CLOSED' | 'OPEN' | 'HALF_OPEN';

/** `failure`: no answer. `neutral`: the caller cancelled, so nothing is known. Otherwise `answer`. */
export type Verdict = 'failure' | 'neutral' | 'answer';

export type Judge = (error: unknown) => Verdict;

type Work = () => Promise<unknown>;
type Breaker = CircuitBreaker<[Work, Judge]>;
type Settings = ResilienceSettings['breaker'];

/** Share of the window: when all calls fail for so long the circuit opens, even if others are still running. */
const allFailingShare = 1 / 4;

/** opossum's circuit breaker with additions (decision 40). */
export class Circuit {
  readonly transitions: Record<CircuitState, number> = { CLOSED: 0, OPEN: 0, HALF_OPEN: 0 };
  readonly counts = { successes: 0, failures: 0, rejected: 0 };
  state: CircuitState = 'CLOSED';
  changedAt = new Date(wallClock());
  #breaker: Breaker;
  #probedAt = 0;
  #failuresInARow = 0;
  #failingSince = 0;

  constructor(
    readonly name: string,
    private settings: Settings,
    private readonly onChange: (from: CircuitState, to: CircuitState) => void,
  ) {
    this.#breaker = this.#create('CLOSED');
  }

  /** Rejects with ServiceUnavailable, without running `work`, while the circuit is open. `work` must end. */
  run<T>(work: () => Promise<T>, judge: Judge): Promise<T> {
    const breaker = this.#breaker;
    if (breaker.closed) return breaker.fire(work, judge) as Promise<T>;
    const now = performance.now();
    const isHanging = breaker.halfOpen && now - this.#probedAt >= this.settings.resetMs;
    if (!breaker.pendingClose && !isHanging) return Promise.reject(this.#rejection());
    this.#probedAt = now;
    return breaker.pendingClose ? (breaker.fire(work, judge) as Promise<T>) : probeAgain(breaker, work, judge);
  }

  update(settings: Settings): void {
    if (JSON.stringify(settings) === JSON.stringify(this.settings)) return;
    this.settings = settings;
    this.#become(this.#breaker.closed ? 'CLOSED' : 'OPEN');
  }

  close(): void {
    this.#breaker.shutdown();
  }

  #create(state: 'CLOSED' | 'OPEN'): Breaker {
    const { windowMs, failurePercent, volume, resetMs } = this.settings;
    const breaker: Breaker = new CircuitBreaker<[Work, Judge]>((work) => work(), {
      name: this.name,
      timeout: false,
      resetTimeout: resetMs,
      errorThresholdPercentage: failurePercent,
      volumeThreshold: volume,
      rollingCountTimeout: windowMs,
      rollingCountBuckets: 10,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      // a neutral probe must not close the circuit
      errorFilter: (error: unknown, _work?: Work, judge?: Judge) => {
        const verdict = judge?.(error);
        return verdict === 'answer' || (verdict === 'neutral' && breaker.closed);
      },
    });
    if (state === 'OPEN') breaker.open();
    return breaker
      .on('success', () => this.#succeeded())
      .on('failure', () => this.#failed(breaker))
      .on('halfOpen', () => this.#changed('HALF_OPEN'))
      .on('open', () => this.#become('OPEN'))
      .on('close', () => this.#become('CLOSED'));
  }

  /** A new breaker: calls that hung through an outage end on the old one, and do not reopen the circuit. */
  #become(state: 'CLOSED' | 'OPEN'): void {
    this.#breaker.shutdown();
    this.#breaker = this.#create(state);
    this.#failuresInARow = 0;
    this.#changed(state);
  }

  #changed(state: CircuitState): void {
    const from = this.state;
    if (from === state) return;
    this.state = state;
    this.changedAt = new Date(wallClock());
    this.transitions[state]++;
    this.onChange(from, state);
  }

  #succeeded(): void {
    this.counts.successes++;
    this.#failuresInARow = 0;
  }

  #failed(breaker: Breaker): void {
    this.counts.failures++;
    if (this.#failuresInARow++ === 0) this.#failingSince = performance.now();
    if (breaker.closed && this.#isDead(breaker)) breaker.open();
  }

  /** opossum counts begun calls: too few are no evidence, and hanging ones are counted too late. */
  #isDead({ stats }: Breaker): boolean {
    const { volume, windowMs } = this.settings;
    if (this.#failuresInARow < volume) return false;
    return stats.fires < volume || performance.now() - this.#failingSince >= windowMs * allFailingShare;
  }

  #rejection(): ServiceUnavailable {
    this.counts.rejected++;
    const retryAfterSeconds = Math.ceil(this.settings.resetMs / 1_000);
    const cause = new Error(`the circuit ${this.name} is open`);
    return new ServiceUnavailable({
      detail: 'What this needs does not answer at the moment',
      retryAfterSeconds,
      cause,
    });
  }
}

/** opossum would wait for a hanging probe. */
async function probeAgain<T>(breaker: Breaker, work: () => Promise<T>, judge: Judge): Promise<T> {
  try {
    const value = await work();
    if (breaker.halfOpen) breaker.close();
    return value;
  } catch (error) {
    if (judge(error) === 'answer' && breaker.halfOpen) breaker.close();
    throw error;
  }
}
