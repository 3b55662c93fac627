import { createRequire } from 'node:module';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { currentCall } from '../../pipeline/call-context.js';
import { traced } from '../../pipeline/span.js';
import { Dependency } from '../observability/dependency.js';

/** Loaded on first use: most processes need no Redis. */
const require = createRequire(import.meta.url);

/** Then the connection is closed and opened again. */
const ANSWER_TIMEOUT_MS = 500;
const MAX_PAUSE_MS = 2000;
const DEFAULT_PORT = 6379;

const WRITTEN_KEY = 'mstv:written';
const WRITTEN_MS = 60_000;
const RENEWAL_MS = 1_000;

/** Opened on first use. Commands fail fast during an outage. */
export class RedisConnection implements OnApplicationShutdown {
  readonly health: Dependency;
  #client: Redis | undefined;
  #renewedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly url: string,
    private readonly logger: Pick<Logger, 'warn' | 'log'> = new Logger('Redis'),
  ) {
    this.health = new Dependency({
      name: 'redis',
      title: 'Redis',
      meanwhile: 'limits are counted in this process and nobody can sign in',
      use: () => this.#write(),
      logger,
    });
  }

  get client(): Redis {
    this.#client ??= this.#open();
    return this.#client;
  }

  send<T>(command: string, work: (client: Redis) => Promise<T>): Promise<T> {
    const parent = currentCall()?.span;
    if (!parent) return this.#watched(work);
    return traced(parent, command, 'client', (span) => {
      const { hostname, port } = new URL(this.url);
      span.set('db.system.name', 'redis');
      span.set('db.operation.name', command);
      span.set('server.address', hostname.replace(/^\[|\]$/g, ''));
      span.set('server.port', Number(port || DEFAULT_PORT));
      return this.#watched(work);
    });
  }

  async close(): Promise<void> {
    this.health.close();
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
    const client = new ioredis.Redis(this.url, {
      enableAutoPipelining: true,
      commandTimeout: ANSWER_TIMEOUT_MS,
      socketTimeout: ANSWER_TIMEOUT_MS,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(MAX_PAUSE_MS, 50 * 2 ** Math.min(attempt, 10)),
    });
    client.on('error', (error: Error) => this.health.lost(error));
    client.on('ready', () => this.health.check().catch(() => undefined));
    // the Redis user may lack the right to read its settings
    client.once('ready', () => this.#warnOfEviction(client).catch(() => undefined));
    return client;
  }

  async #watched<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    try {
      return await work(this.client);
    } catch (error) {
      this.health.failed(error);
      throw error;
    }
  }

  /** Evicted sessions sign users out; an evicted index hides sessions that have to end. */
  async #warnOfEviction(client: Redis): Promise<void> {
    const memory = await client.info('memory');
    const [, policy = 'noeviction'] = /^maxmemory_policy:(\S+)/m.exec(memory) ?? [];
    if (policy === 'noeviction' || /^maxmemory:0\s/m.test(memory)) return;
    this.logger.warn(`Redis evicts keys (maxmemory-policy ${policy}), sessions among them: set it to noeviction`);
  }

  /** A server may serve reads and refuse writes: a replica after a failover, at maxmemory, or unable to save. */
  async #write(): Promise<void> {
    const { client } = this;
    try {
      await client.set(WRITTEN_KEY, '', 'PX', WRITTEN_MS);
    } catch (error) {
      if (/^READONLY/.test((error as Error).message)) this.#renew(client);
      throw error;
    }
  }

  /** After a failover the address may lead to the new primary. */
  #renew(client: Redis): void {
    if (performance.now() - this.#renewedAt < RENEWAL_MS) return;
    this.#renewedAt = performance.now();
    client.disconnect(true);
  }
}
