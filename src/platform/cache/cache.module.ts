import { type FactoryProvider, Module } from '@nestjs/common';
import { RateLimiter } from '../../ports/rate-limiter.js';
import { Configuration } from '../config/configuration.js';
import { MemoryRateLimiter } from './memory-rate-limiter.js';
import { RedisConnection } from './redis-connection.js';

const redisConnection: FactoryProvider<RedisConnection | undefined> = {
  provide: RedisConnection,
  inject: [Configuration],
  useFactory: ({ redis }: Configuration) => (redis.url === undefined ? undefined : new RedisConnection(redis.url)),
};

const rateLimiter: FactoryProvider<RateLimiter> = {
  provide: RateLimiter,
  inject: [{ token: RedisConnection, optional: true }],
  useFactory: async (redis?: RedisConnection) => {
    if (redis === undefined) return new MemoryRateLimiter();
    const { RedisRateLimiter } = await import('./redis-rate-limiter.js');
    return new RedisRateLimiter(redis);
  },
};

@Module({ providers: [redisConnection, rateLimiter], exports: [redisConnection, rateLimiter] })
export class CacheModule {}
