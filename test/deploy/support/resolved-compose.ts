import { spawnSync } from 'node:child_process';
import { z } from 'zod';

/** `docker compose`, or the path of a program that does the same. */
const { DOCKER_COMPOSE = '' } = process.env;

const publishedPort = z.object({ host_ip: z.string(), published: z.string(), target: z.int() });

const resolvedService = z.object({
  image: z.string(),
  build: z.unknown().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  command: z.array(z.string()).nullable(),
  ports: z.array(publishedPort).default([]),
  secrets: z.array(z.object({ source: z.string(), target: z.string() })).default([]),
  network_mode: z.string().optional(),
});

const resolvedModel = z.object({
  services: z.record(z.string(), resolvedService),
  secrets: z.record(z.string(), z.object({ file: z.string() })).default({}),
});

export type ResolvedModel = z.infer<typeof resolvedModel>;
export type ResolvedService = z.infer<typeof resolvedService>;

export interface ComposeRun {
  readonly files?: readonly string[];
  readonly profile?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The folder of docker-compose.yml. */
  readonly folder?: string;
}

/** `docker compose config` without the `.env` of this checkout. */
export function composeConfig({ files = [], profile, environment, folder }: ComposeRun) {
  const [program = '', ...first] = DOCKER_COMPOSE.split(' ');
  const args = [
    ...first,
    '--env-file=/dev/null',
    ...files.flatMap((file) => ['--file', file]),
    ...(profile === undefined ? [] : ['--profile', profile]),
    'config',
    '--format=json',
  ];
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };
  return spawnSync(program, args, { encoding: 'utf8', env, cwd: folder });
}

/** The Compose model as Docker Compose reads it: files merged, one profile chosen, variables filled in. */
export function resolveCompose(run: ComposeRun): ResolvedModel {
  const { status, stdout, stderr } = composeConfig(run);
  if (status !== 0) throw new Error(`docker compose config ended with ${status}: ${stderr}`);
  return resolvedModel.parse(JSON.parse(stdout));
}
