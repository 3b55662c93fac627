import { ServiceUnavailable } from '../../contract/built-in-failures.js';

/** So many calls at once: what hangs holds no more of this process than that. */
export class Bulkhead {
  #running = 0;
  #refused = 0;

  constructor(
    private readonly name: string,
    public limit: number,
  ) {}

  get running(): number {
    return this.#running;
  }

  /** Calls refused since the start of this process. */
  get refused(): number {
    return this.#refused;
  }

  /** Rejects with ServiceUnavailable when full. */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.limit) {
      this.#refused++;
      const cause = new Error(`too many calls to ${this.name} are under way`);
      const detail = 'Too many calls of this kind are under way';
      return Promise.reject(new ServiceUnavailable({ detail, retryAfterSeconds: 1, cause }));
    }
    this.#running++;
    return work().finally(() => {
      this.#running--;
    });
  }
}
