import type { Logger } from '@nestjs/common';
import { type Backoff, fullJitter, pause } from '../schedule/backoff.js';
import { type ConsulResponse, consulRequest, type RequestOptions } from './consul-request.js';

export interface BlockingQuery extends RequestOptions {
  /** Of the last answer; Consul answers when there is a later one. */
  readonly index: string;
  readonly wait: string;
}

export interface WatchSettings {
  readonly waitSeconds: number;
  readonly backoff: Backoff;
}

export const watchDefaults: WatchSettings = { waitSeconds: 30, backoff: { baseMs: 200, maxMs: 10_000 } };

/** Consul adds up to a sixteenth: https://developer.hashicorp.com/consul/api-docs/features/blocking */
const slackMs = (waitSeconds: number): number => (waitSeconds / 16) * 1_000 + 2_000;

const indexOf = ({ headers }: ConsulResponse): bigint => {
  const text = headers['x-consul-index'];
  return typeof text === 'string' && /^\d+$/.test(text) ? BigInt(text) : 0n;
};

/** Repeats a blocking query. Reports every answer: a `recurse` deletion leaves the index as it was (decision 54). */
export class ConsulWatch {
  readonly #stop = new AbortController();
  readonly #finished: Promise<void>;
  #index = 0n;
  #failures = 0;

  constructor(
    private readonly name: string,
    private readonly query: (options: BlockingQuery) => Promise<unknown>,
    private readonly answered: (body: unknown) => void,
    private readonly logger: Pick<Logger, 'warn' | 'log'>,
    private readonly settings: WatchSettings = watchDefaults,
  ) {
    this.#finished = this.#run();
  }

  close(): Promise<void> {
    this.#stop.abort();
    return this.#finished;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        this.#take(await this.#ask());
      } catch (error) {
        if (!signal.aborted) await this.#failed(error);
      }
    }
  }

  #ask(): Promise<ConsulResponse> {
    const { waitSeconds } = this.settings;
    const wait = { index: String(this.#index), wait: `${waitSeconds}s` };
    return consulRequest((options) => this.query({ ...options, ...wait }), {
      signal: this.#stop.signal,
      timeoutMs: waitSeconds * 1_000 + slackMs(waitSeconds),
    });
  }

  #take(response: ConsulResponse): void {
    const index = indexOf(response);
    if (index === 0n) throw new Error('the answer has no index');
    this.answered(response.body);
    // a smaller index: Consul lost its data, and would not answer for long to the old one
    this.#index = index < this.#index ? 0n : index;
    if (this.#failures > 0) this.logger.log(`${this.name}: Consul answers again`);
    this.#failures = 0;
  }

  async #failed(error: unknown): Promise<void> {
    this.#index = 0n;
    if (this.#failures++ === 0)
      this.logger.warn(`${this.name}: no answer from Consul, keeping the last values (${error})`);
    await pause(fullJitter(this.settings.backoff, this.#failures), this.#stop.signal);
  }
}
