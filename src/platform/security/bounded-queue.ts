import { ServiceUnavailable } from '../../contract/built-in-failures.js';

/** Runs at most `concurrency` pieces of work at a time, in order; at most `length` more may wait. */
export class BoundedQueue {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly concurrency: number,
    private readonly length: number,
  ) {}

  /** Throws ServiceUnavailable at once when the queue is full. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.concurrency) this.#running++;
    else await this.#turn();
    try {
      return await work();
    } finally {
      this.#handOver();
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= this.length) throw new ServiceUnavailable({ retryAfterSeconds: 1 });
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #handOver(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}
