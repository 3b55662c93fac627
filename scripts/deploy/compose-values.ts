import type { DeployedProcess, Secret } from './model-types.js';

/** What Compose has to know of the servers in docker-compose.yml, or of their secrets, to fill in a variable. */
export interface Passwords {
  readonly database: string;
  /** Before the host in the URL: `:password@`, or nothing. */
  readonly redisLogin: string;
  readonly mqtt: string;
  readonly jwtSecret: string;
  readonly administrator: string;
}

/** In docker-compose.yml, for everyone to read. */
export const publicPasswords: Passwords = {
  database: 'mstv',
  redisLogin: '',
  mqtt: 'mstv',
  jwtSecret: 'public, for the Compose stack of one machine only',
  administrator: 'correct horse battery',
};

const administratorEmail = 'admin@example.com';

type Value = (passwords: Passwords, database: string) => string;

const values: Readonly<Record<string, Value>> = {
  DATABASE_URL: ({ database }, name) => `postgresql://mstv:${database}@pgbouncer:5432/${name}`,
  DATABASE_DIRECT_URL: ({ database }, name) => `postgresql://mstv:${database}@postgres:5432/${name}`,
  REDIS_URL: ({ redisLogin }) => `redis://${redisLogin}redis:6379/0`,
  MQTT_URL: ({ mqtt }) => `mqtt://mstv:${mqtt}@mosquitto:1883`,
  JWT_SECRET: ({ jwtSecret }) => jwtSecret,
  BOOTSTRAP_ADMIN_EMAIL: () => administratorEmail,
  BOOTSTRAP_ADMIN_PASSWORD: ({ administrator }) => administrator,
};

export function composeValue(
  { variable }: Secret,
  passwords: Passwords,
  { name, database = '' }: DeployedProcess,
): string {
  const value = values[variable];
  if (value) return value(passwords, database);
  throw new Error(`${name} needs ${variable}: say its value for Compose in scripts/deploy/compose-values.ts`);
}
