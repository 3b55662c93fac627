import { services as serviceTable } from '../../src/apps/services.js';
import type { Protocol } from '../../src/contract/operation.js';
import { optionalParts } from './model-options.js';
import { deployedProcess } from './model-process.js';
import type { DeploymentModel, ServiceTable } from './model-types.js';

/** One process for each kind of load balancer that callers from outside need. */
const gatewaysByProtocol: Readonly<Record<string, readonly Protocol[]>> = {
  http: ['rest', 'graphql', 'websocket'],
  grpc: ['grpc'],
  mqtt: ['mqtt'],
};

/** `tag`: of the image, the version in package.json. */
export function deploymentModel(tag: string, services: ServiceTable = serviceTable): DeploymentModel {
  const names = Object.keys(services);
  const process = (service: string) => deployedProcess(services, { service });
  const isGateway = (name: string) => services[name]?.servesAll && services[name]?.stateless;
  const gateways = names.filter(isGateway);
  const parts = names.filter((name) => !services[name]?.servesAll).map(process);
  const byProtocol = gateways.flatMap((service) =>
    Object.entries(gatewaysByProtocol).map(([suffix, protocols]) =>
      deployedProcess(services, { service, name: `${service}-${suffix}`, protocols }),
    ),
  );
  return {
    image: { name: 'nestjs-mstv', tag },
    topologies: [
      { name: 'monolith', processes: [process('monolith')] },
      { name: 'split', processes: [...gateways.map(process), ...parts] },
      { name: 'by-protocol', processes: [...byProtocol, ...parts] },
    ],
    options: optionalParts,
  };
}
