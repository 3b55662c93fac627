import { RateLimited } from '../contract/built-in-failures.js';
import type { Rate } from '../ports/rate-limiter.js';

export interface PeerLimits {
  /** Messages per connection, each request of a batch counted; read when it opens. No limit when absent. */
  readonly messageRate?: (() => Rate | undefined) | undefined;
  readonly maxBufferedBytes?: number;
}

const unlimited: Rate = { quota: Number.POSITIVE_INFINITY, windowSeconds: Number.POSITIVE_INFINITY };

export class MessageRate {
  #windowEnd = 0;
  #count = 0;

  constructor(private readonly rate: Rate = unlimited) {}

  admit(): boolean {
    const now = performance.now();
    if (now >= this.#windowEnd) {
      this.#windowEnd = now + this.rate.windowSeconds * 1000;
      this.#count = 0;
    }
    return ++this.#count <= this.rate.quota;
  }

  get refusal(): RateLimited | undefined {
    if (this.#count <= this.rate.quota) return undefined;
    const retryAfterSeconds = Math.max(1, Math.ceil((this.#windowEnd - performance.now()) / 1000));
    return new RateLimited({ retryAfterSeconds });
  }

  /** Beyond twice the quota: the client ignores refusals. */
  get isAbused(): boolean {
    return this.#count > 2 * this.rate.quota;
  }
}
