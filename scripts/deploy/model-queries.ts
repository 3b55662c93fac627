import type { DeployedProcess, DeploymentModel, TopologyName } from './model-types.js';

export const processesOf = ({ topologies }: DeploymentModel, topology: TopologyName): readonly DeployedProcess[] =>
  topologies.find(({ name }) => name === topology)?.processes ?? [];

/** Once each: topologies share processes. */
export const everyProcess = ({ topologies }: DeploymentModel): readonly DeployedProcess[] => [
  ...new Map(topologies.flatMap(({ processes }) => processes).map((process) => [process.name, process])).values(),
];

/** Where Compose and a headless Service of Kubernetes give the address of each instance: calls are spread over all of them. */
const addressByName = (service: string, grpcPort: number): string => `dns:///${service}:${grpcPort}`;

/** The variables that lead a process to the services that it calls. */
export const addressesOf = ({ calls }: DeployedProcess, addressOf = addressByName): Readonly<Record<string, string>> =>
  Object.fromEntries(calls.map(({ variable, service, grpcPort }) => [variable, addressOf(service, grpcPort)]));
