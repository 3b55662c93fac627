import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { services as table } from '../../src/apps/services.js';
import { loadConfiguration, processVariables } from '../../src/platform/config/load-configuration.js';
import { gateway, parts } from '../support/parts.js';

const require = createRequire(import.meta.url);
const path = 'docker-compose.yml';
const environmentPath = 'deploy/compose.env';

/** As far as the tests below look. */
const composeShape = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      restart: z.string(),
      profiles: z.array(z.string()).default([]),
      network_mode: z.string().optional(),
      command: z.array(z.string()).default([]),
      environment: z.record(z.string(), z.string()).default({}),
      ports: z.array(z.string()).default([]),
      volumes: z.array(z.string()).default([]),
      healthcheck: z.object({ test: z.array(z.string()).min(2), interval: z.string(), retries: z.int() }),
    }),
  ),
  volumes: z.record(z.string(), z.null()),
});

const text = readFileSync(path, 'utf8');
const document: unknown = parse(text);
const compose = composeShape.parse(document);
const services = Object.entries(compose.services);
const servicesOf = (profile?: string) =>
  services
    .filter(([, { profiles }]) => (profile ? profiles.includes(profile) : profiles.length === 0))
    .map(([name]) => name);

/** The schema of the Compose Specification, as the linter dclint brings it; its `$schema` is not the address of draft 7. */
function validator() {
  const linter = dirname(require.resolve('dclint/package.json'));
  const schema = JSON.parse(readFileSync(join(linter, 'schemas/compose.schema.json'), 'utf8')) as object;
  const ajv = new Ajv({ strict: false, allErrors: true, formats: { duration: true } });
  return ajv.compile({ ...schema, $schema: undefined });
}

describe('docker-compose.yml', () => {
  const validate = validator();

  test('is what the Compose Specification admits', () => {
    validate(document);
    expect(validate.errors).toBeNull();
    expect(validate({ services: { redis: { image: 'redis', helthcheck: {} } } })).toBe(false);
  });

  test('starts what the product needs, and more by profile', () => {
    expect(servicesOf().sort()).toEqual(['consul', 'mosquitto', 'postgres', 'redis']);
    expect(servicesOf('observability').sort()).toEqual(['grafana', 'jaeger', 'prometheus']);
    expect(servicesOf('pooler')).toEqual(['pgbouncer']);
  });

  test.each(services)('%s is of a pinned version, comes back, and is reached from this machine only', (_, service) => {
    expect(service.image).toMatch(/^[a-z0-9/-]+:v?\d+\.\d+\.\d+(-[a-z0-9]+)?$|^postgres:\d+\.\d+-alpine$/);
    expect(service.restart).toBe('unless-stopped');
    if (service.network_mode === 'host') {
      const settings = [...service.command, ...Object.values(service.environment)].join(' ');
      expect(settings).toMatch(/\b127\.0\.0\.1\b/);
      expect([settings, service.ports]).toEqual([expect.not.stringContaining('0.0.0.0'), []]);
    } else {
      expect(service.ports.length).toBeGreaterThan(0);
      for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    }
  });

  test('has no two services on one port', () => {
    const ports = services.flatMap(([, { ports: published }]) => published.map((port) => port.split(':')[1]));
    const all = [...ports, '8500', '9090', '3030'];
    expect(new Set(all).size).toBe(all.length);
    for (const { httpPort, grpcPort } of Object.values(table)) {
      for (const own of [httpPort, grpcPort]) expect(all).not.toContain(`${own}`);
    }
  });

  test('mounts what is there, and keeps data in the volumes it names', () => {
    const sources = services.flatMap(([, { volumes }]) => volumes.map((volume) => volume.split(':')));
    const files = sources.filter(([source = '']) => source.startsWith('./'));
    expect(files.length).toBeGreaterThan(5);
    for (const [source = '', , mode] of files) expect([existsSync(source), mode, source]).toEqual([true, 'ro', source]);
    const named = sources.map(([source = '']) => source).filter((source) => !source.startsWith('./'));
    expect(named.sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  test('reads nothing from the environment that starts it: .env is the product’s own', () => {
    expect(text.replaceAll('$$', '')).not.toContain('$');
  });
});

describe('deploy', () => {
  test('has a database for each service', () => {
    const sql = readFileSync('deploy/postgres/databases.sql', 'utf8');
    for (const part of parts) expect(sql).toContain(`create database ${part.replaceAll('-', '_')} owner mstv;`);
  });

  test('has Prometheus scrape every process of start:split', () => {
    const { scrape_configs: jobs } = parse(readFileSync('deploy/observability/prometheus.yaml', 'utf8'));
    const targets = [gateway, ...parts].map((name) => [name, `localhost:${table[name]?.httpPort}`]);
    expect(jobs).toEqual(
      targets.map(([name, target]) => ({ job_name: name, static_configs: [{ targets: [target] }] })),
    );
  });
});

describe('deploy/compose.env', () => {
  const environment = readFileSync(environmentPath, 'utf8');
  const active = parseEnv(environment);
  const all = parseEnv(environment.replaceAll(/^#([A-Z][A-Z0-9_]*=)/gm, '$1'));

  test('names variables of the product only', () => {
    const names = new Set(processVariables({}, table).map(({ name }) => name));
    expect(Object.keys(all).filter((name) => !names.has(name))).toEqual([]);
  });

  test.each([
    ['as it is', active],
    ['with every line', all],
  ])('is a configuration without a problem or a warning, %s', (_, given) => {
    expect(loadConfiguration(given, table).warnings).toEqual([]);
  });

  test('leads to ports that are published', () => {
    const published = services.flatMap(([, { ports }]) => ports.map((port) => port.split(':')[1]));
    const urls = environment.match(/(?<==)[a-z]+:\/\/\S+/g) ?? [];
    expect(urls.length).toBeGreaterThan(4);
    for (const url of urls) expect([url, published.includes(new URL(url).port)]).toEqual([url, true]);
    expect(`${all.CONSUL_HOST}:${all.CONSUL_PORT}`).toBe('127.0.0.1:8500');
  });

  test('logs in with the passwords that the servers are given', () => {
    const { password, username } = new URL(active.DATABASE_URL ?? '');
    expect(readFileSync('deploy/postgres/databases.sql', 'utf8')).toContain(
      `create role ${username} login createdb password '${password}'`,
    );
    expect(compose.services.pgbouncer?.environment).toMatchObject({ DB_USER: username, DB_PASSWORD: password });
    const mqtt = new URL(active.MQTT_URL ?? '');
    expect(compose.services.mosquitto?.environment).toEqual({ MQTT_PASSWORD: mqtt.password });
    expect(compose.services.mosquitto?.command.join(' ')).toContain(`/passwords ${mqtt.username} `);
    expect(readFileSync('deploy/mosquitto/acl', 'utf8')).toContain(`user ${mqtt.username}\n`);
  });
});
