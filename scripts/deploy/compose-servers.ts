import { no } from './compose-yaml.js';

/** The log of the container is rotated. */
export const logging = { driver: 'local' };

const shell = (...lines: readonly string[]) => ['sh', '-c', lines.join(' && ')];

const readSecret = (name: string) => `"$$(cat /run/secrets/${name})"`;

/** What changes of the servers in docker-compose.yml; those that serve development alone are gone. */
export const productionServers = {
  postgres: {
    secrets: ['postgres_password', 'database_password'],
    environment: {
      POSTGRES_PASSWORD: no.value,
      POSTGRES_PASSWORD_FILE: '/run/secrets/postgres_password',
      DATABASE_PASSWORD_FILE: '/run/secrets/database_password',
    },
    ports: no.list,
    logging,
  },
  databases: {
    secrets: ['postgres_password', 'database_password'],
    environment: { PGPASSWORD: no.value, DATABASE_PASSWORD_FILE: '/run/secrets/database_password' },
    command: shell(
      `export PGPASSWORD=${readSecret('postgres_password')}`,
      'exec psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --file=/databases.sql',
    ),
    logging,
  },
  pgbouncer: {
    secrets: ['pgbouncer_users'],
    environment: { DB_PASSWORD: no.value, AUTH_FILE: '/run/secrets/pgbouncer_users' },
    ports: no.list,
    logging,
  },
  redis: {
    secrets: ['redis_conf', 'redis_password'],
    ports: no.list,
    command: ['redis-server', '/run/secrets/redis_conf', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction'],
    healthcheck: {
      test: ['CMD-SHELL', `REDISCLI_AUTH=${readSecret('redis_password')} redis-cli ping | grep -q PONG`],
    },
    logging,
  },
  mosquitto: {
    secrets: ['mqtt_password'],
    environment: { MQTT_PASSWORD: no.value },
    ports: no.list,
    command: shell(
      `mosquitto_passwd -b -c /mosquitto/config/passwords mstv ${readSecret('mqtt_password')}`,
      'chown mosquitto /mosquitto/config/passwords',
      'exec mosquitto -c /mosquitto/config/mosquitto.conf',
    ),
    logging,
  },
  consul: no.object,
  jaeger: no.object,
  prometheus: no.object,
  grafana: no.object,
};
