import { type FactoryProvider, Module } from '@nestjs/common';
import { RateLimiter } from '../../ports/rate-limiter.js';
import { Configuration } from '../config/configuration.js';
import { MemoryRateLimiter } from './memory-rate-limiter.js';
import { RedisConnection } from './redis-connection.js';
import { UnlimitedRateLimiter } from './unlimited-rate-limiter.js';

/** Undefined where Redis is not configured. */
const redisConnection: FactoryProvider<RedisConnection | undefined> = {
  provide: RedisConnection,
  inject: [Configuration],
  useFactory: ({ redis }: Configuration) => (redis.url === undefined ? undefined : new RedisConnection(redis.url)),
};

const rateLimiter: FactoryProvider<RateLimiter> = {
  provide: RateLimiter,
  inject: [Configuration, { token: RedisConnection, optional: true }],
  useFactory: async ({ limits }: Configuration, redis?: RedisConnection) => {
    if (!limits.rates.enabled) return new UnlimitedRateLimiter();
    if (redis === undefined) return new MemoryRateLimiter();
    const { RedisRateLimiter } = await import('./redis-rate-limiter.js');
    return new RedisRateLimiter(redis);
  },
};

/** Rate limits, and the connection to Redis that others share. */
@Module({ providers: [redisConnection, rateLimiter], exports: [redisConnection, rateLimiter] })
export class CacheModule {}
