import { RateLimiterRes } from 'rate-limiter-flexible';
import { type RateDecision, RateLimiter, type RatePolicy } from '../../ports/rate-limiter.js';
import { decision, MemoryRateLimiter } from './memory-rate-limiter.js';
import { RecordedLimiter } from './recorded-limiter.js';
import type { RedisConnection } from './redis-connection.js';

const KEY_PREFIX = 'mstv:rate';

/** Not below nothing: the window may have ended since. */
const giveBackOne = `
if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end`;

/**
 * Fixed windows that all processes on one Redis share. While it is away each process counts for itself: a caller may
 * then have as many quotas as there are processes, but nobody is turned away for our outage.
 */
export class RedisRateLimiter extends RateLimiter {
  readonly #limiters = new Map<string, RecordedLimiter>();
  readonly #meanwhile = new MemoryRateLimiter();

  constructor(private readonly connection: RedisConnection) {
    super();
  }

  override async consume(policy: RatePolicy, key: string): Promise<RateDecision> {
    try {
      return decided(policy, await this.#limiterOf(policy).consume(key));
    } catch (refused) {
      return refused instanceof RateLimiterRes ? decided(policy, refused) : this.#meanwhile.consume(policy, key);
    }
  }

  override async peek(policy: RatePolicy, key: string): Promise<RateDecision> {
    try {
      const window = await this.#limiterOf(policy).get(key);
      return window === null
        ? decision(policy, 1, policy.windowSeconds * 1000)
        : decision(policy, window.consumedPoints + 1, window.msBeforeNext);
    } catch {
      return this.#meanwhile.peek(policy, key);
    }
  }

  override async giveBack(policy: RatePolicy, key: string): Promise<void> {
    const counter = this.#limiterOf(policy).getKey(key);
    await this.connection
      .send('EVAL', (redis) => redis.eval(giveBackOne, 1, counter))
      .catch(() => this.#meanwhile.giveBack(policy, key));
  }

  override async reset(policy: RatePolicy, key: string): Promise<void> {
    this.#meanwhile.reset(policy, key);
    await this.#limiterOf(policy)
      .delete(key)
      .catch(() => false);
  }

  #limiterOf({ name, quota, windowSeconds }: RatePolicy): RecordedLimiter {
    const id = `${name}/${quota}/${windowSeconds}`;
    let limiter = this.#limiters.get(id);
    if (limiter === undefined) {
      limiter = new RecordedLimiter(this.connection, {
        keyPrefix: `${KEY_PREFIX}:${name}:${windowSeconds}`,
        points: quota,
        duration: windowSeconds,
        // Who is over the quota is refused from memory until the window ends.
        inMemoryBlockOnConsumed: quota + 1,
        rejectIfRedisNotReady: true,
      });
      this.#limiters.set(id, limiter);
    }
    return limiter;
  }
}

/** A refusal from memory tells only when the window ends. */
function decided(policy: RatePolicy, { consumedPoints, msBeforeNext, remainingPoints }: RateLimiterRes): RateDecision {
  const fromMemory = consumedPoints === 0 && remainingPoints === 0;
  return decision(policy, fromMemory ? policy.quota + 1 : consumedPoints, msBeforeNext);
}
