import { discoveryFiles, inZone } from './ecs-discovery.js';
import { serviceInput } from './ecs-service.js';
import { migrationRun, migrationTask, taskInput } from './ecs-task.js';
import { migrationName } from './migration-step.js';
import type { DeployedProcess, DeploymentModel } from './model-types.js';
import { type Target, yamlOf } from './target.js';

/** One protocol for each gateway is a matter of target groups on ECS. */
const topologies: readonly string[] = ['monolith', 'split'];

export const ecs: Target = {
  name: 'AWS ECS',
  owns: ['deploy/ecs/**/*.yaml'],
  write: (model) => {
    const written = model.topologies.filter(({ name }) => topologies.includes(name));
    const ofProcesses = written.flatMap(({ name, processes }) =>
      processes.flatMap((process) => filesOf(inZone(process), model, `deploy/ecs/${name}`)),
    );
    const files = [...ofProcesses, ...discoveryFiles(written)];
    return new Map(files.map(([path, input]) => [path, yamlOf(input)]));
  },
};

function filesOf(process: DeployedProcess, model: DeploymentModel, folder: string): [string, object][] {
  const { name, database } = process;
  const migration: [string, object][] = [
    [`${folder}/${migrationName(process)}.task.yaml`, migrationTask(process, model)],
    [`${folder}/${migrationName(process)}.run.yaml`, migrationRun(process)],
  ];
  return [
    ...(database ? migration : []),
    [`${folder}/${name}.task.yaml`, taskInput(process, model)],
    [`${folder}/${name}.service.yaml`, serviceInput(process)],
  ];
}
