import { type FactoryProvider, Module } from '@nestjs/common';
import { RateLimiter } from '../../ports/rate-limiter.js';
import { Configuration } from '../config/configuration.js';
import { CurrentRates } from '../config/rates.js';
import { MemoryRateLimiter } from './memory-rate-limiter.js';
import { RedisConnection } from './redis-connection.js';
import { SwitchedRateLimiter } from './switched-rate-limiter.js';

const redisConnection: FactoryProvider<RedisConnection | undefined> = {
  provide: RedisConnection,
  inject: [Configuration],
  useFactory: ({ redis }: Configuration) => (redis.url === undefined ? undefined : new RedisConnection(redis.url)),
};

const rateLimiter: FactoryProvider<RateLimiter> = {
  provide: RateLimiter,
  inject: [CurrentRates, { token: RedisConnection, optional: true }],
  useFactory: async (rates: CurrentRates, redis?: RedisConnection) => {
    if (redis === undefined) return new SwitchedRateLimiter(new MemoryRateLimiter(), rates);
    const { RedisRateLimiter } = await import('./redis-rate-limiter.js');
    return new SwitchedRateLimiter(new RedisRateLimiter(redis), rates);
  },
};

@Module({ providers: [redisConnection, rateLimiter], exports: [redisConnection, rateLimiter] })
export class CacheModule {}
