import type { INestApplicationContext } from '@nestjs/common';
import { RedisConnection } from '../platform/cache/redis-connection.js';
import { type HealthCheck, Readiness } from '../platform/observability/readiness.js';
import type { MqttServer } from '../protocols/mqtt/mqtt-server.js';
import type { ServiceDefinition } from './services.js';

/**
 * This process is ready when its own dependencies answer: a gateway is, whatever its services do. `mqtt`: where its
 * requests come from a broker elsewhere.
 */
export async function readinessOf(
  app: INestApplicationContext,
  service: ServiceDefinition,
  mqtt: MqttServer | undefined,
): Promise<Readiness> {
  const redis = app.get<RedisConnection | undefined>(RedisConnection);
  const checks = service.stateless ? [] : [await databaseCheck(app)];
  if (redis) checks.push(redis.health);
  if (mqtt) checks.push({ name: 'mqtt', check: () => mqtt.ready() });
  return new Readiness(checks);
}

async function databaseCheck(app: INestApplicationContext): Promise<HealthCheck> {
  const { PrismaDatabase } = await import('../platform/database/prisma-database.js');
  return app.get(PrismaDatabase).health;
}
