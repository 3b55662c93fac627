import { createRequire } from 'node:module';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { currentCall } from '../../pipeline/call-context.js';
import { traced } from '../../pipeline/span.js';

/** Loaded when first used: a process without Redis starts without it. */
const require = createRequire(import.meta.url);

/** A server that takes longer is as good as away: the connection is given up and opened anew. */
const ANSWER_TIMEOUT_MS = 500;
const MAX_PAUSE_MS = 2000;
const DEFAULT_PORT = 6379;

/** One connection to Redis, opened when first used. Its errors are logged once per outage; commands fail fast meanwhile. */
export class RedisConnection implements OnApplicationShutdown {
  readonly #url: string;
  readonly #logger: Pick<Logger, 'warn' | 'log'>;
  #client: Redis | undefined;
  #down = false;

  constructor(url: string, logger: Pick<Logger, 'warn' | 'log'> = new Logger('Redis')) {
    this.#url = url;
    this.#logger = logger;
  }

  get client(): Redis {
    this.#client ??= this.#open();
    return this.#client;
  }

  /** Sends `command`, by its name in Redis, in a span of the call it is for where that is recorded. */
  send<T>(command: string, work: (client: Redis) => Promise<T>): Promise<T> {
    const parent = currentCall()?.span;
    if (!parent) return work(this.client);
    return traced(parent, command, 'client', (span) => {
      const { hostname, port } = new URL(this.#url);
      span.set('db.system.name', 'redis');
      span.set('db.operation.name', command);
      span.set('server.address', hostname);
      span.set('server.port', Number(port || DEFAULT_PORT));
      return work(this.client);
    });
  }

  /** Whether Redis answers now. */
  async ready(): Promise<boolean> {
    try {
      return (await this.client.ping()) === 'PONG';
    } catch {
      return false;
    }
  }

  /** Commands that were sent get their answers first. */
  async close(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    if (client.status === 'ready') await client.quit().catch(() => client.disconnect());
    else client.disconnect();
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  #open(): Redis {
    const ioredis: typeof import('ioredis') = require('ioredis');
    const client = new ioredis.Redis(this.#url, {
      enableAutoPipelining: true,
      commandTimeout: ANSWER_TIMEOUT_MS,
      socketTimeout: ANSWER_TIMEOUT_MS,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(MAX_PAUSE_MS, 50 * 2 ** Math.min(attempt, 10)),
    });
    client.on('error', (error: Error) => this.#lost(error));
    client.on('ready', () => this.#found());
    return client;
  }

  #lost(error: Error): void {
    if (this.#down) return;
    this.#down = true;
    this.#logger.warn(`Redis is away (${error.message || error.name}): limits are counted in this process meanwhile`);
  }

  #found(): void {
    if (this.#down) this.#logger.log('Redis is back');
    this.#down = false;
  }
}
