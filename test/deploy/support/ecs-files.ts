import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const pair = z.object({ name: z.string(), value: z.string() });

const container = z.object({
  name: z.string(),
  image: z.string(),
  user: z.string().optional(),
  readonlyRootFilesystem: z.boolean().optional(),
  command: z.array(z.string()).optional(),
  environment: z.array(pair),
  secrets: z.array(z.object({ name: z.string(), valueFrom: z.string() })),
  portMappings: z.array(z.object({ containerPort: z.int() })).default([]),
  healthCheck: z.object({ command: z.array(z.string()) }).optional(),
  stopTimeout: z.int().optional(),
  linuxParameters: z.unknown(),
});

const task = z.object({
  family: z.string(),
  cpu: z.string(),
  memory: z.string(),
  containerDefinitions: z.tuple([container]),
});

export type EcsContainer = z.infer<typeof container>;

export interface EcsTask extends Omit<z.infer<typeof task>, 'containerDefinitions'> {
  readonly path: string;
  readonly container: EcsContainer;
}

export const ecsPaths = (): readonly string[] => globSync('deploy/ecs/**/*.yaml').sort();

export const ecsTasks = (): readonly EcsTask[] =>
  ecsPaths()
    .filter((path) => basename(path).endsWith('.task.yaml'))
    .map((path) => {
      const { containerDefinitions, ...rest } = task.parse(parse(readFileSync(path, 'utf8')));
      return { ...rest, path, container: containerDefinitions[0] };
    });

/** The value that a secret has in these tests, by its variable. */
const values: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgresql://mstv:secret@database:5432/mstv',
  DATABASE_DIRECT_URL: 'postgresql://mstv:secret@database:5432/mstv',
  REDIS_URL: 'rediss://cache:6379/0',
  MQTT_URL: 'mqtts://mstv:secret@broker:8883',
  JWT_SECRET: 'q2Vd8mX0rT5uYb7NcKe1LwZs4HgJa9Pf',
  BOOTSTRAP_ADMIN_EMAIL: 'first@example.com',
  BOOTSTRAP_ADMIN_PASSWORD: 'correct horse battery',
};

/** As the process in the container sees it. */
export const environmentOf = ({ environment, secrets }: EcsContainer): Readonly<Record<string, string>> =>
  Object.fromEntries([
    ...environment.map(({ name, value }) => [name, value] as const),
    ...secrets.map(({ name }) => [name, values[name] ?? `no value for ${name} in the tests`] as const),
  ]);
