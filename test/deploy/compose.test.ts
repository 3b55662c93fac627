import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { compose } from '../../scripts/deploy/compose.js';
import { composeValue, publicPasswords } from '../../scripts/deploy/compose-values.js';
import { deploymentModel } from '../../scripts/deploy/model.js';
import { services as table } from '../../src/apps/services.js';
import { loadConfiguration, processVariables } from '../../src/platform/config/load-configuration.js';
import { inHouse, lendPackages, plant, runNode } from '../house/planted-tree.js';
import {
  type ComposeServices,
  composePaths,
  dependencyFaults,
  readDocument,
  readServices,
  startedBy,
} from './support/compose-files.js';

const require = createRequire(import.meta.url);
const stack = readServices(composePaths.stack);
const product = readServices(composePaths.product);
const all = { ...stack, ...product };
const profiles = [undefined, 'pooler', 'observability', 'monolith', 'split'];
const processes = Object.entries(product).filter(([name]) => name in table);
const migrations = Object.entries(product).filter(([name]) => !(name in table));

/** The schema of the Compose Specification, as the linter dclint brings it; its `$schema` is not the address of draft 7. */
function validator() {
  const linter = dirname(require.resolve('dclint/package.json'));
  const schema = JSON.parse(readFileSync(join(linter, 'schemas/compose.schema.json'), 'utf8')) as object;
  const ajv = new Ajv({ strict: false, allErrors: true, formats: { duration: true } });
  return ajv.compile({ ...schema, $schema: undefined });
}

describe('the Compose files', () => {
  const validate = validator();

  test.each(Object.values(composePaths))('%s is what the Compose Specification admits', (path) => {
    validate(readDocument(path));
    expect(validate.errors).toBeNull();
  });

  test('are held to the Specification: a misspelt key is refused', () => {
    expect(validate({ services: { redis: { image: 'redis', helthcheck: {} } } })).toBe(false);
  });

  test('start what the product needs, and more by profile', () => {
    const more = (profile: string) => Object.keys(startedBy(all, profile)).filter((name) => !(name in startedBy(all)));
    expect(Object.keys(startedBy(all)).sort()).toEqual(['consul', 'mosquitto', 'postgres', 'redis']);
    expect(more('observability').sort()).toEqual(['grafana', 'jaeger', 'prometheus']);
    expect(more('pooler')).toEqual(['pgbouncer']);
    expect(more('monolith').sort()).toEqual(['databases', 'migrate-monolith', 'monolith', 'pgbouncer']);
    const split = Object.keys(table).filter((name) => name !== 'monolith');
    expect(more('split')).toEqual(expect.arrayContaining(['databases', 'pgbouncer', ...split]));
  });

  test.each(profiles)('can wait for everything that they start with the profile %s', (profile) => {
    expect(dependencyFaults(startedBy(all, profile))).toEqual([]);
  });

  test.each<[string, ComposeServices, string]>([
    ['is not there', withChanges('redis', { profiles: ['other'] }), 'redis, which does not start'],
    ['has no health check', withChanges('redis', { healthcheck: undefined }), 'redis, which has no check'],
    ['does not end', withChanges('databases', { restart: 'unless-stopped' }), 'databases, which starts again'],
    ['nobody waits for', withChanges('redis', { restart: 'no' }, ['monolith']), 'nothing waits for the end of redis'],
  ])('a server that %s is found', (_, services, fault) => {
    expect(dependencyFaults(startedBy(services, 'monolith')).join('\n')).toContain(fault);
  });

  test.each(Object.entries(stack))('%s is of a pinned version and is reached from this machine only', (_, service) => {
    expect(service.image).toMatch(/^[a-z0-9/-]+:v?\d+\.\d+\.\d+(-[a-z0-9]+)?$|^postgres:\d+\.\d+-alpine$/);
    if (service.network_mode !== 'host') return;
    const settings = [...service.command, ...Object.values(service.environment)].join(' ');
    expect(settings).toMatch(/\b127\.0\.0\.1\b/);
    expect([settings, service.ports]).toEqual([expect.not.stringContaining('0.0.0.0'), []]);
  });

  test.each(Object.entries(all))('%s publishes no port beyond this machine', (_, { ports }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  test.each(profiles)('have no two services on one port with the profile %s', (profile) => {
    const started = Object.values(startedBy(all, profile));
    const ports = [...started.flatMap((service) => service.ports.map((port) => port.split(':')[1])), '8500'];
    expect(new Set(ports).size).toBe(ports.length);
  });

  test('mount what is there, and keep data in the volumes they name', () => {
    const sources = Object.values(all).flatMap(({ volumes }) => volumes.map((volume) => volume.split(':')));
    const files = sources.filter(([source = '']) => source.startsWith('./'));
    expect(files.length).toBeGreaterThan(5);
    for (const [source = '', , mode] of files) expect([existsSync(source), mode, source]).toEqual([true, 'ro', source]);
    const named = sources.map(([source = '']) => source).filter((source) => !source.startsWith('./'));
    expect(named.sort()).toEqual(Object.keys((readDocument(composePaths.stack) as { volumes: object }).volumes).sort());
  });

  test.each([composePaths.stack, composePaths.product])(
    '%s reads nothing from the environment that starts it: .env is the product’s own',
    (path) => {
      expect(readFileSync(path, 'utf8').replaceAll('$$', '')).not.toContain('$');
    },
  );
});

/** Services in which one is changed, and no one of `forgetful` waits for it. */
function withChanges(name: string, changes: object, forgetful: readonly string[] = []): ComposeServices {
  const others = Object.entries(all).map(([other, service]) => {
    const { [name]: _, ...rest } = service.depends_on;
    return [other, forgetful.includes(other) ? { ...service, depends_on: rest } : service] as const;
  });
  return { ...Object.fromEntries(others), [name]: { ...all[name], ...changes } } as ComposeServices;
}

describe('the product in Compose', () => {
  test('runs one image, which one service of each profile builds', () => {
    const images = new Set(Object.values(product).map(({ image }) => image));
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect([...images]).toEqual([`nestjs-mstv:${version}`]);
    for (const profile of ['monolith', 'split']) {
      const started = Object.values(startedBy(product, profile));
      expect(started.filter(({ build }) => build !== undefined)).toHaveLength(1);
      for (const { build, pull_policy } of started)
        expect([build !== undefined, pull_policy === 'never']).toContain(true);
    }
  });

  test.each(Object.entries(product))('%s starts in production without a problem or a warning', (_, { environment }) => {
    const { warnings, environment: kind } = loadConfiguration(environment, table);
    expect([kind, warnings]).toEqual(['production', []]);
    const names = new Set(processVariables(environment, table).map(({ name }) => name));
    expect(Object.keys(environment).filter((name) => !names.has(name))).toEqual([]);
  });

  test.each(processes)('%s would not start without a variable that it requires', (_, { environment }) => {
    const required = processVariables(environment, table).filter((variable) => variable.required);
    expect(required.length).toBeGreaterThan(1);
    for (const { name } of required) {
      expect(() => loadConfiguration({ ...environment, [name]: undefined }, table)).toThrow(`${name}: is missing`);
    }
  });

  test.each(processes)('%s gets calls on the ports that it listens on', (name, { environment, ports }) => {
    const { http, grpc } = loadConfiguration(environment, table);
    expect([name, ports]).toEqual([name, [http.port, grpc.port].map((port) => `127.0.0.1:${port}:${port}`)]);
  });

  test.each(migrations)(
    '%s applies the migrations to PostgreSQL itself, once',
    (_, { environment, command, restart }) => {
      expect([command, restart]).toEqual([['migrate'], 'no']);
      expect(new URL(environment.DATABASE_DIRECT_URL ?? '').host).toBe('postgres:5432');
      expect(new URL(environment.DATABASE_URL ?? '').host).toBe('pgbouncer:5432');
    },
  );

  test('waits for the migrations of its own database', () => {
    for (const [name, { environment, depends_on }] of processes) {
      const migration = environment.DATABASE_URL === undefined ? [] : [`migrate-${name}`];
      expect(Object.keys(depends_on).filter((other) => other.startsWith('migrate-'))).toEqual(migration);
    }
  });
});

describe('the files that are written', () => {
  const orders = { ...table['user-service'], httpPort: 3005, grpcPort: 50_056 };
  const model = deploymentModel('1.2.3', { ...table, 'order-service': orders } as typeof table);

  test.each([
    ['deploy/compose.product.yml', '"127.0.0.1:3005:3005"'],
    ['deploy/compose.product.yml', '\n  migrate-order-service:\n'],
    ['deploy/compose.production.yml', '/run/secrets/order_service_database_url'],
    ['deploy/compose.secrets.sh', 'write order_service_database_url '],
    ['deploy/postgres/databases.sql', 'create database order_service owner mstv'],
    ['deploy/observability/prometheus.yaml', 'localhost:3005'],
  ])('follow the service table: %s has %j', (path, part) => {
    expect(readFileSync(path, 'utf8')).not.toContain(part);
    expect(compose.write(model).get(path)).toContain(part);
  });

  test('need a value for every secret that a service requires', () => {
    const [process] = model.topologies.flatMap(({ processes: all }) => all);
    const secret = { variable: 'NEW_SECRET', key: 'NEW_SECRET', required: true };
    expect(process && (() => composeValue(secret, publicPasswords, process))).toThrow(
      'monolith needs NEW_SECRET: say its value for Compose in scripts/deploy/compose-values.ts',
    );
  });
});

describe('dclint', () => {
  const lint = (root: string, ...files: readonly string[]) =>
    runNode(root, ['node_modules/dclint/bin/dclint.cjs', '--max-warnings', '0', ...files]);

  test('refuses a file that breaks its rules', () => {
    const root = plant({
      '.dclintrc.yaml': readFileSync(inHouse('.dclintrc.yaml'), 'utf8'),
      'compose.yml': 'services:\n  redis:\n    image: redis\n    ports:\n      - "127.0.0.1:6379:6379"\n',
    });
    lendPackages(root);
    expect(lint(root, 'compose.yml')).toMatchObject({
      status: 1,
      output: expect.stringContaining('service-image-require-explicit-tag'),
    });
  });
});

describe('deploy/compose.env', () => {
  const environment = readFileSync('deploy/compose.env', 'utf8');
  const active = parseEnv(environment);
  const everyLine = parseEnv(environment.replaceAll(/^#([A-Z][A-Z0-9_]*=)/gm, '$1'));

  test('names variables of the product only', () => {
    const names = new Set(processVariables({}, table).map(({ name }) => name));
    expect(Object.keys(everyLine).filter((name) => !names.has(name))).toEqual([]);
  });

  test.each([
    ['as it is', active],
    ['with every line', everyLine],
  ])('is a configuration without a problem or a warning, %s', (_, given) => {
    expect(loadConfiguration(given, table).warnings).toEqual([]);
  });

  test('leads to ports that are published', () => {
    const published = Object.values(stack).flatMap(({ ports }) => ports.map((port) => port.split(':')[1]));
    const urls = environment.match(/(?<==)[a-z]+:\/\/\S+/g) ?? [];
    expect(urls.length).toBeGreaterThan(4);
    for (const url of urls) expect([url, published.includes(new URL(url).port)]).toEqual([url, true]);
    expect(`${everyLine.CONSUL_HOST}:${everyLine.CONSUL_PORT}`).toBe('127.0.0.1:8500');
  });

  test('logs in with the passwords that the servers are given', () => {
    const { password, username } = new URL(active.DATABASE_URL ?? '');
    const sql = readFileSync('deploy/postgres/databases.sql', 'utf8');
    expect(sql).toContain(`\\set password ${password}\n`);
    expect(sql).toContain(`alter role ${username} login`);
    expect(stack.pgbouncer?.environment).toMatchObject({ DB_USER: username, DB_PASSWORD: password });
    const mqtt = new URL(active.MQTT_URL ?? '');
    expect(stack.mosquitto?.environment).toEqual({ MQTT_PASSWORD: mqtt.password });
    expect(stack.mosquitto?.command.join(' ')).toContain(`/passwords ${mqtt.username} `);
    expect(readFileSync('deploy/mosquitto/acl', 'utf8')).toContain(`user ${mqtt.username}\n`);
  });
});
