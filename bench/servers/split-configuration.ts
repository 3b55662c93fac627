import { services } from '../../src/apps/services.js';
import type { Configuration } from '../../src/platform/config/configuration.js';
import { loadConfiguration } from '../../src/platform/config/load-configuration.js';

export type Environment = Readonly<Record<string, string>>;

/** Of a gateway and a service that trust each other, on free ports, with quotas that nobody reaches. */
export const splitConfiguration = (changes: Environment): Configuration =>
  loadConfiguration(
    {
      NODE_ENV: 'test',
      HOST: '127.0.0.1',
      PORT: '0',
      GRPC_PORT: '0',
      MQTT_PORT: '0',
      LOG_LEVEL: 'silent',
      JWT_SECRET: 'a secret of the benchmarks, long enough for HS256',
      RATE_LIMITS: 'caller=1000000/s,address=1000000/s',
      ...changes,
    },
    services,
  );
