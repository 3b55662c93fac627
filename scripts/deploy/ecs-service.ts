import { registryOf } from './ecs-discovery.js';
import { networkOf } from './ecs-network.js';
import { placeholder } from './ecs-placeholder.js';
import type { DeployedProcess, Port } from './model-types.js';

/** Input of CreateService. */
export const serviceInput = (process: DeployedProcess): object => ({
  cluster: placeholder('CLUSTER'),
  serviceName: process.name,
  taskDefinition: process.name,
  launchType: 'FARGATE',
  desiredCount: process.resources.replicas.min,
  // no task is stopped before another one is healthy
  deploymentConfiguration: {
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    deploymentCircuitBreaker: { enable: true, rollback: true },
  },
  availabilityZoneRebalancing: 'ENABLED',
  networkConfiguration: networkOf(process.isPublic ? 'gateway' : 'service'),
  ...(process.isPublic ? loadBalanced(process) : { serviceRegistries: [{ registryArn: registryOf(process) }] }),
  enableECSManagedTags: true,
  propagateTags: 'SERVICE',
  enableExecuteCommand: false,
});

const targetGroups: Readonly<Record<Port['name'], string>> = {
  http: placeholder('HTTP_TARGET_GROUP_ARN'),
  grpc: placeholder('GRPC_TARGET_GROUP_ARN'),
};

const loadBalanced = ({ name, ports }: DeployedProcess) => ({
  loadBalancers: ports.map((port) => ({
    targetGroupArn: targetGroups[port.name],
    containerName: name,
    containerPort: port.port,
  })),
  healthCheckGracePeriodSeconds: 60,
});
