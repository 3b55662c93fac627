import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expect, test } from 'vitest';
import { cacheModule } from '../../../src/platform/cache/cache.module.js';
import { MemoryRateLimiter } from '../../../src/platform/cache/memory-rate-limiter.js';
import { RedisConnection } from '../../../src/platform/cache/redis-connection.js';
import { RedisRateLimiter } from '../../../src/platform/cache/redis-rate-limiter.js';
import { configModule } from '../../../src/platform/config/config.module.js';
import { loadConfiguration } from '../../../src/platform/config/load-configuration.js';
import { RateLimiter } from '../../../src/ports/rate-limiter.js';

test.each<[string, Record<string, string>, new (...args: never[]) => RateLimiter]>([
  ['in memory by default', {}, MemoryRateLimiter],
  ['in Redis where it is configured', { REDIS_URL: 'redis://127.0.0.1:1' }, RedisRateLimiter],
])('rates are counted %s', async (_, env, Adapter) => {
  @Module({ imports: [configModule(loadConfiguration(env)), cacheModule()] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  app.enableShutdownHooks();
  expect(app.get(RateLimiter, { strict: false })).toBeInstanceOf(Adapter);
  expect(app.get(RedisConnection, { strict: false }) === undefined).toBe(env.REDIS_URL === undefined);
  await app.close();
});
