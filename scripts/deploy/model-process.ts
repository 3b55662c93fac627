import type { Protocol } from '../../src/contract/operation.js';
import { processVariables } from '../../src/platform/config/load-configuration.js';
import { addressVariable, defaultGrpcPort } from '../../src/platform/config/service-defaults.js';
import type { Variable } from '../../src/platform/config/variable.js';
import type {
  BackingService,
  Call,
  DeployedProcess,
  Port,
  Resources,
  Secret,
  ServiceTable,
  Shutdown,
} from './model-types.js';

interface Choice {
  readonly service: string;
  readonly name?: string;
  /** Those of the service when absent. */
  readonly protocols?: readonly Protocol[];
}

/** The delay is for load balancers that check every second; a call may then still take REQUEST_DEADLINE_MS. */
const shutdown: Shutdown = { delayMs: 3_000, timeoutMs: 20_000, graceSeconds: 25 };

const servers: Readonly<Record<string, BackingService>> = {
  DATABASE_URL: { name: 'postgres', port: 5432, otherPort: 6432 },
  REDIS_URL: { name: 'redis', port: 6379, otherPort: 6380 },
  MQTT_URL: { name: 'mqtt', port: 1883, otherPort: 8883 },
};

/** Secrets that a process starts without, by what makes it use them. The others belong to an optional part. */
const optionalSecrets: Readonly<Record<string, (modules: readonly string[]) => boolean>> = {
  DATABASE_DIRECT_URL: (modules) => modules.length > 0,
  BOOTSTRAP_ADMIN_PASSWORD: (modules) => modules.includes('auth'),
  BOOTSTRAP_ADMIN_EMAIL: (modules) => modules.includes('auth'),
};

export function deployedProcess(
  services: ServiceTable,
  { service, name = service, protocols }: Choice,
): DeployedProcess {
  const definition = services[service];
  if (!definition) throw new Error(`no service ${service}`);
  const modules = definition.modules.map(({ contract }) => contract.name);
  const settings = {
    NODE_ENV: 'production',
    SERVICE_NAME: service,
    ...(protocols && { PROTOCOLS: protocols.join(',') }),
    SHUTDOWN_DELAY_MS: `${shutdown.delayMs}`,
    SHUTDOWN_TIMEOUT_MS: `${shutdown.timeoutMs}`,
  };
  const served = protocols ?? definition.protocols;
  const variables = processVariables(settings, services);
  const secrets = secretsOf(service, variables, modules);
  return {
    name,
    service,
    protocols: served,
    ports: portsOf(served, definition),
    ...(!definition.stateless && { database: service === 'monolith' ? 'mstv' : service.replaceAll('-', '_') }),
    calls: (definition.calls ?? []).map((called) => callOf(called, services)),
    settings,
    secrets,
    needs: secrets.filter(({ required }) => required).flatMap(({ variable }) => servers[variable] ?? []),
    resources: resourcesOf(modules),
    shutdown,
    isPublic: definition.servesAll,
  };
}

function portsOf(served: readonly Protocol[], definition: { httpPort: number; grpcPort?: number }): readonly Port[] {
  const http: Port = { name: 'http', port: definition.httpPort, variable: 'PORT' };
  if (!served.includes('grpc')) return [http];
  return [http, { name: 'grpc', port: definition.grpcPort ?? defaultGrpcPort, variable: 'GRPC_PORT' }];
}

const callOf = (service: string, services: ServiceTable): Call => ({
  service,
  variable: addressVariable(service),
  grpcPort: services[service]?.grpcPort ?? defaultGrpcPort,
});

function secretsOf(service: string, variables: readonly Variable[], modules: readonly string[]): readonly Secret[] {
  return variables.flatMap(({ name, secret, required, reserved }): Secret[] => {
    const isRequired = Boolean(secret && required);
    const isWanted = isRequired || (!reserved && optionalSecrets[name]?.(modules));
    return isWanted ? [{ variable: name, key: keyOf(service, name), required: isRequired }] : [];
  });
}

const keyOf = (service: string, variable: string): string =>
  variable.startsWith('DATABASE_') ? `${service.toUpperCase().replaceAll('-', '_')}_${variable}` : variable;

/**
 * From docs/performance.md: a process has 127 to 172 MiB when idle and up to 433 MiB under full load. Hashing passwords
 * adds 19 MiB for each of the four threads of libuv. JavaScript fills one core; hashing and the garbage collector use others.
 */
function resourcesOf(modules: readonly string[]): Resources {
  const hashingMib = modules.includes('auth') ? 128 : 0;
  return {
    requests: { milliCpu: 250, memoryMib: 256 + hashingMib },
    limits: { milliCpu: 2_000, memoryMib: 640 + hashingMib },
    // 60 % of the one core that JavaScript can use; a share of the request would be far less
    replicas: { min: 2, max: 10, milliCpu: 600 },
  };
}
