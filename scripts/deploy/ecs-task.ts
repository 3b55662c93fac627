import { addressInEcs } from './ecs-discovery.js';
import { fargateSize } from './ecs-fargate.js';
import { networkOf } from './ecs-network.js';
import { placeholder } from './ecs-placeholder.js';
import { migratingProcess, migrationName } from './migration-step.js';
import { addressesOf } from './model-queries.js';
import type { DeployedProcess, DeploymentModel } from './model-types.js';
import { privateNetworks } from './private-networks.js';

/** Input of RegisterTaskDefinition. */
export function taskInput(process: DeployedProcess, model: DeploymentModel): object {
  const { name, ports, shutdown, resources } = process;
  // JavaScript fills one core; with less, starts and garbage collection are late
  return task(name, fargateSize(1024, resources.limits.memoryMib), {
    ...containerOf(process, model),
    portMappings: ports.map((port) => ({ name: port.name, containerPort: port.port, protocol: 'tcp' })),
    healthCheck,
    stopTimeout: shutdown.graceSeconds,
  });
}

/** Input of RegisterTaskDefinition. */
export const migrationTask = (process: DeployedProcess, model: DeploymentModel): object =>
  task(migrationName(process), fargateSize(256, 512), {
    ...containerOf(migratingProcess(process), model),
    command: ['migrate'],
  });

/** Input of RunTask. */
export const migrationRun = (process: DeployedProcess): object => ({
  cluster: placeholder('CLUSTER'),
  taskDefinition: migrationName(process),
  launchType: 'FARGATE',
  networkConfiguration: networkOf('service'),
});

const task = (family: string, size: object, container: object): object => ({
  family,
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: 'X86_64' },
  ...size,
  executionRoleArn: placeholder('EXECUTION_ROLE_ARN'),
  containerDefinitions: [container],
});

const containerOf = (process: DeployedProcess, { image }: DeploymentModel) => ({
  name: process.name,
  image: `${placeholder('IMAGE_REPOSITORY')}:${image.tag}`,
  essential: true,
  readonlyRootFilesystem: true,
  user: '1000:1000',
  linuxParameters: { capabilities: { drop: ['ALL'] } },
  environment: environmentOf(process),
  secrets: process.secrets.map(({ variable, key }) => ({
    name: variable,
    valueFrom: `${placeholder('SECRET_ARN')}:${key}::`,
  })),
  logConfiguration: {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': placeholder('LOG_GROUP'),
      'awslogs-region': placeholder('AWS_REGION'),
      'awslogs-stream-prefix': 'ecs',
      // a log that is slow to take lines does not stop the process
      mode: 'non-blocking',
      'max-buffer-size': '25m',
    },
  },
});

/** The security group admits the load balancer alone to a public process, so what it says about callers can be believed. */
const environmentOf = (process: DeployedProcess) =>
  Object.entries({
    ...process.settings,
    ...(process.isPublic && { TRUSTED_PROXIES: privateNetworks }),
    ...addressesOf(process, addressInEcs),
  }).map(([name, value]) => ({ name, value }));

/** A program of the image. ECS replaces a task that fails it, so it asks whether the process lives, not its servers. */
const healthCheck = {
  command: ['CMD', 'node', 'health', 'live'],
  interval: 10,
  timeout: 5,
  retries: 3,
  startPeriod: 60,
};
