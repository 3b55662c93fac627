import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { type RateDecision, RateLimiter, type RatePolicy } from '../../ports/rate-limiter.js';
import { decision, MemoryRateLimiter } from './memory-rate-limiter.js';
import { RateWindows } from './rate-windows.js';
import type { RedisConnection } from './redis-connection.js';

const KEY_PREFIX = 'mstv:rate';

type Options = ConstructorParameters<typeof RateLimiterRedis>[0];

/** Missing from the types of the package. */
interface Commands {
  _upsert(...args: readonly unknown[]): Promise<unknown>;
  _get(...args: readonly unknown[]): Promise<unknown>;
  _delete(...args: readonly unknown[]): Promise<unknown>;
}

const Limiter = RateLimiterRedis as new (options: Options) => RateLimiterRedis & Commands;

class RecordedLimiter extends Limiter {
  constructor(
    private readonly connection: RedisConnection,
    options: Omit<Options, 'storeClient'>,
  ) {
    super({ ...options, storeClient: connection.client });
  }

  override _upsert(...args: readonly unknown[]): Promise<unknown> {
    return this.connection.send('EVALSHA', () => super._upsert(...args));
  }

  override _get(...args: readonly unknown[]): Promise<unknown> {
    return this.connection.send('MULTI', () => super._get(...args));
  }

  override _delete(...args: readonly unknown[]): Promise<unknown> {
    return this.connection.send('DEL', () => super._delete(...args));
  }
}

interface Counter {
  readonly limiter: RecordedLimiter;
  /** Windows over the quota, refused from memory. The package would measure their end by the wall clock. */
  readonly refusals: RateWindows;
}

/** Never below 0: the window may have ended. */
const giveBackOne = `
if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end`;

/** Windows shared by all processes. While Redis is unavailable, each process counts for itself. */
export class RedisRateLimiter extends RateLimiter {
  readonly #counters = new Map<string, Counter>();
  readonly #meanwhile = new MemoryRateLimiter();

  constructor(private readonly connection: RedisConnection) {
    super();
  }

  override async consume(policy: RatePolicy, key: string): Promise<RateDecision> {
    const { limiter, refusals } = this.#counterOf(policy);
    const now = performance.now();
    const refusal = refusals.find(key, now);
    if (refusal) return decision(policy, policy.quota + 1, refusal.endsAt - now);
    try {
      const { consumedPoints, msBeforeNext } = await limiter.consume(key);
      return decision(policy, consumedPoints, msBeforeNext);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) return this.#meanwhile.consume(policy, key);
      refusals.open(key, performance.now(), refused.msBeforeNext);
      return decision(policy, refused.consumedPoints, refused.msBeforeNext);
    }
  }

  override async peek(policy: RatePolicy, key: string): Promise<RateDecision> {
    try {
      const window = await this.#counterOf(policy).limiter.get(key);
      return window === null
        ? decision(policy, 1, policy.windowSeconds * 1000)
        : decision(policy, window.consumedPoints + 1, window.msBeforeNext);
    } catch {
      return this.#meanwhile.peek(policy, key);
    }
  }

  override async giveBack(policy: RatePolicy, key: string): Promise<void> {
    const counter = this.#counterOf(policy).limiter.getKey(key);
    await this.connection
      .send('EVAL', (redis) => redis.eval(giveBackOne, 1, counter))
      .catch(() => this.#meanwhile.giveBack(policy, key));
  }

  override async reset(policy: RatePolicy, key: string): Promise<void> {
    const { limiter, refusals } = this.#counterOf(policy);
    this.#meanwhile.reset(policy, key);
    refusals.delete(key);
    await limiter.delete(key).catch(() => false);
  }

  #counterOf({ name, quota, windowSeconds }: RatePolicy): Counter {
    const id = `${name}/${quota}/${windowSeconds}`;
    let counter = this.#counters.get(id);
    if (counter === undefined) {
      const limiter = new RecordedLimiter(this.connection, {
        keyPrefix: `${KEY_PREFIX}:${name}:${windowSeconds}`,
        points: quota,
        duration: windowSeconds,
        rejectIfRedisNotReady: true,
      });
      counter = { limiter, refusals: new RateWindows(windowSeconds * 1000) };
      this.#counters.set(id, counter);
    }
    return counter;
  }
}
