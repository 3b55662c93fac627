import type { INestApplicationContext } from '@nestjs/common';
import { RedisConnection } from '../platform/cache/redis-connection.js';
import { PrismaDatabase } from '../platform/database/prisma-database.js';
import { type HealthCheck, Readiness } from '../platform/observability/readiness.js';

/** This process is ready when its own dependencies answer. */
export function readinessOf(app: INestApplicationContext): Readiness {
  const database = app.get(PrismaDatabase);
  const redis = app.get<RedisConnection | undefined>(RedisConnection);
  const checks: HealthCheck[] = [{ name: 'database', check: () => database.ping() }];
  if (redis) checks.push({ name: 'redis', check: () => mustBe(redis.ready()) });
  return new Readiness(checks);
}

async function mustBe(ready: Promise<boolean>): Promise<void> {
  if (!(await ready)) throw new Error('no answer');
}
