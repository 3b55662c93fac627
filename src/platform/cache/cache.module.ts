import type { DynamicModule, FactoryProvider } from '@nestjs/common';
import { RateLimiter } from '../../ports/rate-limiter.js';
import { Configuration } from '../config/configuration.js';
import { globalModule } from '../nest/providers.js';
import { MemoryRateLimiter } from './memory-rate-limiter.js';
import { RedisConnection } from './redis-connection.js';

class CacheModule {}

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

export const cacheModule = (): DynamicModule => globalModule(CacheModule, [redisConnection, rateLimiter]);
