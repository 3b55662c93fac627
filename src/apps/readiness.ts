import type { INestApplicationContext } from '@nestjs/common';
import { RedisConnection } from '../platform/cache/redis-connection.js';
import type { Configuration } from '../platform/config/configuration.js';
import { type HealthCheck, Readiness } from '../platform/observability/readiness.js';
import type { MqttServer } from '../protocols/mqtt/mqtt-server.js';
import { serviceOf } from './services.js';

/** Dependencies of this process itself, not the services that it calls. */
export async function readinessOf(
  app: INestApplicationContext,
  configuration: Configuration,
  mqtt: MqttServer | undefined,
): Promise<Readiness> {
  const redis = app.get<RedisConnection | undefined>(RedisConnection);
  const checks = serviceOf(configuration).stateless ? [] : [await databaseCheck(app)];
  if (redis) checks.push(redis.health);
  if (mqtt && configuration.mqtt.url !== undefined) checks.push({ name: 'mqtt', check: () => mqtt.broker.ready() });
  return new Readiness(checks);
}

async function databaseCheck(app: INestApplicationContext): Promise<HealthCheck> {
  const { PrismaDatabase } = await import('../platform/database/prisma-database.js');
  return app.get(PrismaDatabase).health;
}
