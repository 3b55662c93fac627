import { composeTopologies } from './compose-product.js';
import { logging, productionServers } from './compose-servers.js';
import { composeFile, inOrder, no } from './compose-yaml.js';
import { migratingProcess, migrationName } from './migration-step.js';
import type { DeployedProcess, DeploymentModel, Secret } from './model-types.js';

const about = [
  'One machine in production: nothing is published but the gateway, or the monolith, and every secret is a file.',
  'docs/deployment.md#production-on-one-machine has the commands.',
];

/** The address of a mailbox is no secret, and there is no `<name>_FILE` for it. */
const plain: Readonly<Record<string, string>> = {
  BOOTSTRAP_ADMIN_EMAIL: `\${BOOTSTRAP_ADMIN_EMAIL:?set it to the address of the first administrator}`,
};

export const secretFile = ({ key }: Secret): string => key.toLowerCase();

export function productionFile(model: DeploymentModel): string {
  const origin = { image: `\${NESTJS_MSTV_IMAGE:-${model.image.name}:${model.image.tag}}`, pull_policy: 'missing' };
  const services = composeTopologies(model).flatMap(({ processes }) =>
    processes.flatMap((process, index) => {
      const build = index === 0 ? { build: no.value } : {};
      const ports = process.isPublic ? {} : { ports: no.list };
      const service = inOrder({ ...origin, ...build, ...secretsByFile(process), ...ports, logging });
      const migration = inOrder({ ...origin, ...secretsByFile(migratingProcess(process)), logging });
      return process.database
        ? [
            [migrationName(process), migration],
            [process.name, service],
          ]
        : [[process.name, service]];
    }),
  );
  return composeFile(about, {
    services: { ...productionServers, ...Object.fromEntries(services) },
    volumes: { consul: no.object, prometheus: no.object, grafana: no.object },
    secrets: Object.fromEntries(secretNames(model).map((name) => [name, { file: `deploy/secrets/${name}` }])),
  });
}

const secretNames = (model: DeploymentModel): readonly string[] => {
  const processes = composeTopologies(model).flatMap((topology) => topology.processes);
  const ofProduct = processes.flatMap(({ secrets }) => secrets.filter(isFile).map(secretFile));
  const ofServers = Object.values(productionServers).flatMap((server) => ('secrets' in server ? server.secrets : []));
  return [...new Set([...ofServers, ...ofProduct])];
};

export const isFile = ({ variable }: Secret): boolean => !(variable in plain);

function secretsByFile({ secrets }: DeployedProcess): object {
  const environment = secrets.flatMap((secret): [string, unknown][] => {
    const { variable } = secret;
    const path = `/run/secrets/${secretFile(secret)}`;
    return isFile(secret)
      ? [
          [variable, no.value],
          [`${variable}_FILE`, path],
        ]
      : [[variable, plain[variable]]];
  });
  return { environment: Object.fromEntries(environment), secrets: secrets.filter(isFile).map(secretFile) };
}
