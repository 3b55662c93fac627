import { ServiceUnavailable } from '../../contract/built-in-failures.js';

/** First in, first out. `limit`: running at once; `queueLimit`: waiting. */
export class Semaphore {
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #refused = 0;

  constructor(
    public limit: number,
    private readonly queueLimit = 0,
    private readonly refusal = () => new ServiceUnavailable({ retryAfterSeconds: 1 }),
  ) {}

  get running(): number {
    return this.#running;
  }

  get refused(): number {
    return this.#refused;
  }

  /** Rejects, without running `work`, when the queue is full. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.limit) this.#running++;
    else await this.#turn();
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  /** Ending work passes its place to the next in the queue. */
  #turn(): Promise<void> {
    if (this.#waiting.length >= this.queueLimit) {
      this.#refused++;
      throw this.refusal();
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}
