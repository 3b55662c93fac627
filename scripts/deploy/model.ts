import { services as serviceTable } from '../../src/apps/services.js';
import type { Protocol } from '../../src/contract/operation.js';
import { type OptionalPart, optionalParts } from './model-options.js';
import { deployedProcess } from './model-process.js';

/** What a container of a topology is, whichever platform runs it. */
export interface DeployedProcess {
  /** Of its objects; also SERVICE_NAME unless several processes run the same service. */
  readonly name: string;
  readonly service: string;
  readonly protocols: readonly Protocol[];
  /** HTTP first: every process answers health checks and `/metrics` on it. */
  readonly ports: readonly Port[];
  /** Absent for a process without a database. Migrations are applied to it before this version starts. */
  readonly database?: string;
  readonly calls: readonly Call[];
  /** Variables whose values are no secrets. Addresses of other services depend on the platform: see `calls`. */
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: readonly Secret[];
  readonly needs: readonly BackingService[];
  readonly resources: Resources;
  readonly shutdown: Shutdown;
  /** Takes calls from outside the product. */
  readonly isPublic: boolean;
}

export interface Port {
  readonly name: 'http' | 'grpc';
  readonly port: number;
  /** The variable that changes it. */
  readonly variable: string;
}

export interface Call {
  readonly service: string;
  /** The variable with its address. */
  readonly variable: string;
  readonly grpcPort: number;
}

export interface Secret {
  readonly variable: string;
  /** Key in a store that holds the secrets of every process: the variable, after the service where each has its own. */
  readonly key: string;
  readonly required: boolean;
}

export interface BackingService {
  readonly name: 'postgres' | 'redis' | 'mqtt' | 'consul' | 'otel';
  readonly port: number;
  /** Behind a pooler, or with TLS. */
  readonly otherPort?: number;
}

export interface Resources {
  readonly requests: Quantities;
  readonly limits: Quantities;
  readonly replicas: { readonly min: number; readonly max: number };
}

interface Quantities {
  readonly milliCpu: number;
  readonly memoryMib: number;
}

export interface Shutdown {
  /** SHUTDOWN_DELAY_MS */
  readonly delayMs: number;
  /** SHUTDOWN_TIMEOUT_MS, the delay included. */
  readonly timeoutMs: number;
  /** From SIGTERM to the end of the process, at the latest: what a platform has to wait before it kills. */
  readonly graceSeconds: number;
}

export type TopologyName = 'monolith' | 'split' | 'by-protocol';

export interface Topology {
  readonly name: TopologyName;
  readonly processes: readonly DeployedProcess[];
}

export interface DeploymentModel {
  readonly image: { readonly name: string; readonly tag: string };
  readonly topologies: readonly Topology[];
  readonly options: readonly OptionalPart[];
}

export type ServiceTable = typeof serviceTable;

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
