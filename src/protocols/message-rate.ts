export interface Rate {
  readonly quota: number;
  readonly windowSeconds: number;
}

/** Counts the messages of one connection in windows. */
export class MessageRate {
  readonly #windowMs: number;
  #windowEnd = 0;
  #count = 0;

  constructor(private readonly rate: Rate) {
    this.#windowMs = rate.windowSeconds * 1000;
  }

  /** Whether one more message is within the quota. */
  admit(): boolean {
    const now = performance.now();
    if (now >= this.#windowEnd) {
      this.#windowEnd = now + this.#windowMs;
      this.#count = 0;
    }
    this.#count++;
    return !this.exceeded;
  }

  /** Whether the last message was one too many. */
  get exceeded(): boolean {
    return this.#count > this.rate.quota;
  }

  /** Somebody who goes on at twice the quota does not listen to answers. */
  get abused(): boolean {
    return this.#count > 2 * this.rate.quota;
  }

  get retryAfterSeconds(): number {
    return Math.max(1, Math.ceil((this.#windowEnd - performance.now()) / 1000));
  }
}
