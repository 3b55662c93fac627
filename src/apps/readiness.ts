import type { INestApplicationContext } from '@nestjs/common';
import { RedisConnection } from '../platform/cache/redis-connection.js';
import { PrismaDatabase } from '../platform/database/prisma-database.js';
import { type HealthCheck, Readiness } from '../platform/observability/readiness.js';
import type { MqttServer } from '../protocols/mqtt/mqtt-server.js';

/** This process is ready when its own dependencies answer. `mqtt`: where its requests come from a broker elsewhere. */
export function readinessOf(app: INestApplicationContext, mqtt: MqttServer | undefined): Readiness {
  const database = app.get(PrismaDatabase);
  const redis = app.get<RedisConnection | undefined>(RedisConnection);
  const checks: HealthCheck[] = [{ name: 'database', check: () => database.ping() }];
  if (redis) checks.push({ name: 'redis', check: () => mustBe(redis.ready()) });
  if (mqtt) checks.push({ name: 'mqtt', check: () => mqtt.ready() });
  return new Readiness(checks);
}

async function mustBe(ready: Promise<boolean>): Promise<void> {
  if (!(await ready)) throw new Error('no answer');
}
