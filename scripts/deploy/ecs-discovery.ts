import { placeholder } from './ecs-placeholder.js';
import type { DeployedProcess, Topology } from './model-types.js';

/** The private zone of Cloud Map. */
const zone = 'mstv.internal';

/** Of a record, and of the answer that there is none yet: by default this one is remembered for minutes. */
const ttlSeconds = 5;

/** For how long a task that stops is still called: until the record and the last look-up of a caller, every 5 s, are old. */
const staleMs = ttlSeconds * 1000 + 5_000;

const namespace = {
  Name: zone,
  Vpc: placeholder('VPC_ID'),
  Description: 'Services of nestjs-mstv',
  Properties: { DnsProperties: { SOA: { TTL: ttlSeconds } } },
};

/** ECS stops a task without regard to the age of its record, so the task serves for as long as it is called. */
export function inZone(process: DeployedProcess): DeployedProcess {
  if (process.isPublic) return process;
  const { delayMs, timeoutMs, graceSeconds } = process.shutdown;
  const longer = Math.max(0, staleMs - delayMs);
  const shutdown = {
    delayMs: delayMs + longer,
    timeoutMs: timeoutMs + longer,
    graceSeconds: graceSeconds + Math.ceil(longer / 1000),
  };
  const settings = {
    ...process.settings,
    SHUTDOWN_DELAY_MS: `${shutdown.delayMs}`,
    SHUTDOWN_TIMEOUT_MS: `${shutdown.timeoutMs}`,
  };
  return { ...process, shutdown, settings };
}

/** Every task of a service has an address record: callers spread their calls over all of them. */
export const addressInEcs = (service: string, port: number): string => `dns:///${service}.${zone}:${port}`;

export const registryOf = ({ name }: DeployedProcess): string =>
  placeholder(`${name.toUpperCase().replaceAll('-', '_')}_REGISTRY_ARN`);

/** Inputs of CreatePrivateDnsNamespace and CreateService of Cloud Map. */
export function discoveryFiles(topologies: readonly Topology[]): [string, object][] {
  const called = topologies.flatMap(({ processes }) => processes.filter(({ isPublic }) => !isPublic));
  const services = called.map(({ name }): [string, object] => [`deploy/ecs/discovery/${name}.yaml`, registry(name)]);
  return [['deploy/ecs/discovery/namespace.yaml', namespace], ...services];
}

const registry = (name: string) => ({
  Name: name,
  NamespaceId: placeholder('NAMESPACE_ID'),
  DnsConfig: {
    RoutingPolicy: 'MULTIVALUE',
    DnsRecords: [{ Type: 'A', TTL: ttlSeconds }],
  },
  // ECS reports the health of each task
  HealthCheckCustomConfig: { FailureThreshold: 1 },
});
