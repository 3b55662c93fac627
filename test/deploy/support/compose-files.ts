import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const healthcheck = z.object({ test: z.array(z.string()).min(2), interval: z.string(), retries: z.int() });
const dependency = z.object({ condition: z.enum(['service_healthy', 'service_completed_successfully']) });

/** As far as the tests look. */
const serviceShape = z.object({
  image: z.string(),
  build: z.unknown().optional(),
  pull_policy: z.string().optional(),
  depends_on: z.record(z.string(), dependency).default({}),
  restart: z.enum(['unless-stopped', 'no']),
  profiles: z.array(z.string()).default([]),
  network_mode: z.string().optional(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  healthcheck: healthcheck.optional(),
});

export type ComposeService = z.infer<typeof serviceShape>;
export type ComposeServices = Readonly<Record<string, ComposeService>>;

export const composePaths = {
  stack: 'docker-compose.yml',
  product: 'deploy/compose.product.yml',
  production: 'deploy/compose.production.yml',
} as const;

/** `!reset` is read as an empty value. */
export const readDocument = (path: string): unknown => parse(readFileSync(path, 'utf8'), { logLevel: 'error' });

export const readServices = (path: string): ComposeServices =>
  z.object({ services: z.record(z.string(), serviceShape) }).parse(readDocument(path)).services;

/** Those that a profile starts; without a profile, those that always start. */
export const startedBy = (services: ComposeServices, profile?: string): ComposeServices =>
  Object.fromEntries(
    Object.entries(services).filter(
      ([, { profiles }]) => profiles.length === 0 || (profile !== undefined && profiles.includes(profile)),
    ),
  );

/** What keeps `docker compose up --wait` from ending, or from ending well. */
export function dependencyFaults(services: ComposeServices): string[] {
  const edges = Object.entries(services).flatMap(([name, { depends_on }]) =>
    Object.entries(depends_on).map(([other, { condition }]) => ({ name, other, condition })),
  );
  const wrong = edges.flatMap(({ name, other, condition }) => {
    const target = services[other];
    if (!target) return [`${name} waits for ${other}, which does not start`];
    if (condition === 'service_healthy' && !target.healthcheck) {
      return [`${name} waits for the health of ${other}, which has no check`];
    }
    if (condition === 'service_completed_successfully' && target.restart !== 'no') {
      return [`${name} waits for the end of ${other}, which starts again`];
    }
    return [];
  });
  // Compose takes the end of a container for a failure unless another one waits for it
  const waitedFor = new Set(edges.map(({ other }) => other));
  const alone = Object.entries(services).filter(([name, { restart }]) => restart === 'no' && !waitedFor.has(name));
  return [...wrong, ...alone.map(([name]) => `nothing waits for the end of ${name}`)];
}
