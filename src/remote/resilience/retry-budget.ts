import type { ResilienceSettings } from '../../platform/dynamic/resilience-settings.js';

const windowSeconds = 10;

interface Second {
  readonly at: number;
  calls: number;
  retries: number;
}

/** As Finagle's RetryBudget and https://linkerd.io/2/features/retries-and-timeouts/: a share of calls plus a few. */
export class RetryBudget {
  #seconds: readonly Second[] = [];

  constructor(
    public settings: ResilienceSettings['budget'],
    private readonly now: () => number = () => performance.now(),
  ) {}

  countCall(): void {
    this.#current().calls++;
  }

  get left(): number {
    return Math.max(0, Math.floor(this.#left(this.#current())));
  }

  claim(): boolean {
    const current = this.#current();
    if (this.#left(current) < 1) return false;
    current.retries++;
    return true;
  }

  /** The current second is incomplete: one more second of retries is counted than of calls, so any 10 s are covered. */
  #left(current: Second): number {
    const { ratio, perSecond } = this.settings;
    let allowed = perSecond * windowSeconds;
    for (const { at, calls, retries } of this.#seconds) {
      if (at > current.at - windowSeconds) allowed += ratio * calls;
      allowed -= retries;
    }
    return allowed;
  }

  #current(): Second {
    const at = Math.floor(this.now() / 1_000);
    const last = this.#seconds[0];
    if (last?.at === at) return last;
    const current = { at, calls: 0, retries: 0 };
    this.#seconds = [current, ...this.#seconds.filter((second) => second.at >= at - windowSeconds)];
    return current;
  }
}
