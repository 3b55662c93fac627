import { protocols } from '../contract/operation.js';
import type { Configuration } from '../platform/config/configuration.js';
import type { ServiceDefaults } from '../platform/config/service-defaults.js';
import { type AppModule, appModules } from './modules.js';

export interface ServiceDefinition extends ServiceDefaults {
  readonly modules: readonly AppModule[];
  /** Serves the operations of every module, not only of its own. */
  readonly servesAll: boolean;
}

type Split = Pick<ServiceDefinition, 'httpPort' | 'grpcPort' | 'modules'>;

const all: readonly AppModule[] = Object.values(appModules);

const split: Readonly<Record<string, Split>> = {
  'user-service': { httpPort: 3001, grpcPort: 50_052, modules: [appModules.users] },
  'auth-service': { httpPort: 3002, grpcPort: 50_053, modules: [appModules.auth] },
};

const everyProtocol = { httpPort: 3000, grpcPort: 50_051, protocols, servesAll: true };

const part = (name: string, definition: Split): ServiceDefinition => ({
  ...definition,
  servesAll: false,
  protocols: ['grpc'],
  always: ['grpc'],
  calls: Object.keys(split).filter((other) => other !== name),
});

export const services: Readonly<Record<string, ServiceDefinition>> = {
  monolith: { ...everyProtocol, modules: all },
  'api-gateway': { ...everyProtocol, modules: [], stateless: true, calls: Object.keys(split) },
  ...Object.fromEntries(Object.entries(split).map(([name, definition]) => [name, part(name, definition)])),
};

/** Throws when the configuration was loaded without this table. */
export function serviceOf({ serviceName }: Pick<Configuration, 'serviceName'>): ServiceDefinition {
  const service = services[serviceName];
  if (!service) throw new Error(`no service ${serviceName}; known: ${Object.keys(services).join(', ')}`);
  return service;
}

export const ownersByModule: ReadonlyMap<string, string> = new Map(
  Object.entries(split).flatMap(([service, { modules }]) => modules.map(({ contract }) => [contract.name, service])),
);
