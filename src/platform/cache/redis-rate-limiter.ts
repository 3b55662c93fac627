import type { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { type RateDecision, RateLimiter, type RatePolicy } from '../../ports/rate-limiter.js';
import { decision, MemoryRateLimiter } from './memory-rate-limiter.js';
import { RateWindows } from './rate-windows.js';
import type { RedisConnection } from './redis-connection.js';

const KEY_PREFIX = 'mstv:rate';

/** Never below 0: the window may have ended. */
const giveBackOne = `
if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end`;

const counterOf = ({ name, windowSeconds }: RatePolicy, key: string): string => `${name}:${windowSeconds}:${key}`;

/** Windows shared by all processes. While Redis is unavailable, each process counts for itself. */
export class RedisRateLimiter extends RateLimiter {
  readonly #meanwhile = new MemoryRateLimiter();
  /** By window length in seconds: windows over the quota, whose calls are refused without Redis. */
  readonly #refusals = new Map<number, RateWindows>();
  #counters: RateLimiterRedis | undefined;

  constructor(private readonly connection: RedisConnection) {
    super();
  }

  override async consume(policy: RatePolicy, key: string): Promise<RateDecision> {
    const { quota, windowSeconds } = policy;
    const counter = counterOf(policy, key);
    const refusals = this.#refusalsOf(windowSeconds);
    const now = performance.now();
    const refused = refusals.find(counter, now);
    if (refused && refused.count > quota) return decision(policy, refused.count, refused.endsAt - now);
    try {
      // `consume` would reject above the quota, as it does when Redis cannot be used
      const { consumedPoints: count, msBeforeNext } = await this.connection.send('EVALSHA', (redis) =>
        this.#countersIn(redis).penalty(counter, 1, { customDuration: windowSeconds }),
      );
      if (count > quota) refusals.open(counter, performance.now(), msBeforeNext).count = count;
      return decision(policy, count, msBeforeNext);
    } catch {
      return this.#meanwhile.consume(policy, key);
    }
  }

  override async peek(policy: RatePolicy, key: string): Promise<RateDecision> {
    try {
      const counter = counterOf(policy, key);
      const window = await this.connection.send('MULTI', (redis) => this.#countersIn(redis).get(counter));
      return window === null
        ? decision(policy, 1, policy.windowSeconds * 1000)
        : decision(policy, window.consumedPoints + 1, window.msBeforeNext);
    } catch {
      return this.#meanwhile.peek(policy, key);
    }
  }

  override async giveBack(policy: RatePolicy, key: string): Promise<void> {
    const counter = `${KEY_PREFIX}:${counterOf(policy, key)}`;
    await this.connection
      .send('EVAL', (redis) => redis.eval(giveBackOne, 1, counter))
      .catch(() => this.#meanwhile.giveBack(policy, key));
  }

  override async reset(policy: RatePolicy, key: string): Promise<void> {
    const counter = counterOf(policy, key);
    this.#meanwhile.reset(policy, key);
    this.#refusalsOf(policy.windowSeconds).delete(counter);
    await this.connection.send('DEL', (redis) => this.#countersIn(redis).delete(counter)).catch(() => false);
  }

  #countersIn(storeClient: Redis): RateLimiterRedis {
    this.#counters ??= new RateLimiterRedis({
      storeClient,
      keyPrefix: KEY_PREFIX,
      rejectIfRedisNotReady: true,
      // required, but each call has its own quota and window
      points: 0,
      duration: 0,
    });
    return this.#counters;
  }

  #refusalsOf(windowSeconds: number): RateWindows {
    return this.#refusals.getOrInsertComputed(windowSeconds, () => new RateWindows(windowSeconds * 1000));
  }
}
