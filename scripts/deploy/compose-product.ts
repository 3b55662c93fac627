import { composeValue, publicPasswords } from './compose-values.js';
import { composeFile, inOrder, quoted } from './compose-yaml.js';
import { migratingProcess, migrationName } from './migration-step.js';
import { addressesOf } from './model-queries.js';
import type { BackingService, DeployedProcess, DeploymentModel, Topology } from './model-types.js';

/** A profile of docker-compose.yml for each. */
const profiles: readonly string[] = ['monolith', 'split'];

/** Services of docker-compose.yml. */
const servers: Readonly<Partial<Record<BackingService['name'], string>>> = {
  postgres: 'pgbouncer',
  redis: 'redis',
  mqtt: 'mosquitto',
};

const about = [
  'The product from its image, as part of docker-compose.yml. The passwords are known to everyone.',
  'deploy/compose.production.yml takes them away.',
];

export const composeTopologies = ({ topologies }: DeploymentModel): readonly Topology[] =>
  topologies.filter(({ name }) => profiles.includes(name));

export function productFile(model: DeploymentModel): string {
  const services = composeTopologies(model).flatMap(({ name: profile, processes }) =>
    processes.flatMap((process, index) => {
      // one service builds the image: several would do so at once
      const origin =
        index === 0 ? { build: { context: '.', args: { VERSION: model.image.tag } } } : { pull_policy: 'never' };
      const service = inOrder({ ...imageOf(model), ...serviceOf(process, profile), ...origin });
      const migration = inOrder({ ...imageOf(model), ...migrationService(process, profile) });
      return process.database
        ? [
            [migrationName(process), migration],
            [process.name, service],
          ]
        : [[process.name, service]];
    }),
  );
  return composeFile(about, { services: Object.fromEntries(services) });
}

const imageOf = ({ image }: DeploymentModel) => ({ image: `${image.name}:${image.tag}` });

const migrationService = (process: DeployedProcess, profile: string): object => ({
  pull_policy: 'never',
  depends_on: { databases: { condition: 'service_completed_successfully' } },
  environment: environmentOf(migratingProcess(process)),
  command: ['migrate'],
  restart: 'no',
  profiles: [profile],
  ...hardening,
});

function serviceOf(process: DeployedProcess, profile: string): object {
  const { ports, shutdown, resources } = process;
  return {
    depends_on: dependenciesOf(process),
    environment: environmentOf(process),
    ports: ports.map(({ port }) => quoted(`127.0.0.1:${port}:${port}`)),
    restart: 'unless-stopped',
    healthcheck,
    profiles: [profile],
    ...hardening,
    mem_limit: `${resources.limits.memoryMib}m`,
    stop_grace_period: `${shutdown.graceSeconds}s`,
  };
}

const environmentOf = (process: DeployedProcess): Readonly<Record<string, string>> => ({
  ...process.settings,
  ...addressesOf(process),
  ...Object.fromEntries(
    process.secrets.map((secret) => [secret.variable, composeValue(secret, publicPasswords, process)]),
  ),
});

/** A public process has what it calls before its first caller comes; services that call each other do not wait. */
function dependenciesOf(process: DeployedProcess): object {
  const { database, needs, calls, isPublic } = process;
  const called = isPublic ? calls.map(({ service }) => service) : [];
  const healthy = [...needs.flatMap(({ name }) => servers[name] ?? []), ...called];
  const conditions = new Map(healthy.map((name) => [name, { condition: 'service_healthy' }]));
  if (database) conditions.set(migrationName(process), { condition: 'service_completed_successfully' });
  return Object.fromEntries([...conditions].sort(([a], [b]) => a.localeCompare(b, 'en')));
}

const hardening = {
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
};

/** A program of the image. */
const healthcheck = {
  test: ['CMD', 'node', 'health', 'ready'],
  interval: '5s',
  timeout: '3s',
  retries: 12,
  start_period: '30s',
};
