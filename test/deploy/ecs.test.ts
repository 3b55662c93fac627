import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ecs } from '../../scripts/deploy/ecs.js';
import { fargateSize } from '../../scripts/deploy/ecs-fargate.js';
import { deploymentModel } from '../../scripts/deploy/model.js';
import { services as table } from '../../src/apps/services.js';
import { loadConfiguration, processVariables } from '../../src/platform/config/load-configuration.js';
import { ecsPaths, ecsTasks, environmentOf } from './support/ecs-files.js';

const tasks = ecsTasks();
const processes = tasks.filter(({ container }) => container.command === undefined);
const migrations = tasks.filter(({ container }) => container.command !== undefined);
const names = (paths: Iterable<string>) => [...paths].map((path) => basename(path));

describe('the task definitions of ECS', () => {
  test('are there for every process, and for the migrations of each that has a database', () => {
    const withDatabase = Object.keys(table).filter((name) => !table[name]?.stateless);
    expect(processes.map(({ family }) => family).sort()).toEqual(Object.keys(table).sort());
    expect(migrations.map(({ family }) => family).sort()).toEqual(withDatabase.map((name) => `migrate-${name}`).sort());
  });

  test.each(tasks)('$family starts in production without a problem or a warning', ({ container }) => {
    const environment = environmentOf(container);
    const { warnings, environment: kind } = loadConfiguration(environment, table);
    expect([kind, warnings]).toEqual(['production', []]);
    const known = new Set(processVariables(environment, table).map(({ name }) => name));
    expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([]);
  });

  test.each(tasks)('$family would not start without a variable that it requires', ({ container }) => {
    const environment = environmentOf(container);
    const required = processVariables(environment, table).filter((variable) => variable.required);
    expect(required.length).toBeGreaterThan(1);
    for (const { name } of required) {
      expect(() => loadConfiguration({ ...environment, [name]: undefined }, table)).toThrow(`${name}: is missing`);
    }
  });

  test.each(tasks)('$family has every secret by reference', ({ container }) => {
    const variables = processVariables(environmentOf(container), table);
    const secret = new Set(variables.filter((variable) => variable.secret).map(({ name }) => name));
    expect(container.environment.filter(({ name }) => secret.has(name))).toEqual([]);
    for (const { valueFrom } of container.secrets) expect(valueFrom).toMatch(/^\$\{SECRET_ARN\}:[A-Z_]+::$/);
  });

  test.each(processes)('$family is asked for its health, and may finish its calls, by its own settings', (task) => {
    const { portMappings, healthCheck, stopTimeout = 0 } = task.container;
    const { http, grpc, shutdownTimeoutMs } = loadConfiguration(environmentOf(task.container), table);
    expect(portMappings.map(({ containerPort }) => containerPort)).toEqual([http.port, grpc.port]);
    expect(healthCheck?.command).toEqual(['CMD', 'node', 'health', 'live']);
    expect(stopTimeout * 1000).toBeGreaterThan(shutdownTimeoutMs);
    // what Fargate allows
    expect(stopTimeout).toBeLessThanOrEqual(120);
  });

  test.each(migrations)('$family gets the address of PostgreSQL itself', ({ container }) => {
    expect(container.command).toEqual(['migrate']);
    expect(container.secrets.map(({ name }) => name)).toContain('DATABASE_DIRECT_URL');
  });

  test.each(tasks)('$family runs as a user that may write nothing', ({ container }) => {
    expect(container).toMatchObject({ user: '1000:1000', readonlyRootFilesystem: true });
    expect(container).toMatchObject({ linuxParameters: { capabilities: { drop: ['ALL'] } } });
  });

  test('do not ask for a size that Fargate does not have', () => {
    expect(fargateSize(1024, 2049)).toEqual({ cpu: '1024', memory: '3072' });
    expect(() => fargateSize(256, 4096)).toThrow('Fargate has no task of 256 CPU units with 4096 MiB');
  });
});

describe('the files of ECS', () => {
  test('follow the service table', () => {
    const added = { ...table, 'order-service': { ...table['user-service'], httpPort: 3005, grpcPort: 50_056 } };
    const written = ecs.write(deploymentModel('1.2.3', added as typeof table));
    expect(names(written.keys()).filter((name) => name.includes('order-service'))).toEqual([
      'migrate-order-service.task.yaml',
      'migrate-order-service.run.yaml',
      'order-service.task.yaml',
      'order-service.service.yaml',
      'order-service.yaml',
    ]);
    expect(written.get('deploy/ecs/split/api-gateway.task.yaml')).toContain('dns:///user-service.mstv.internal:50052');
  });

  test('have placeholders that docs/deployment.md explains', () => {
    const page = readFileSync('docs/deployment.md', 'utf8');
    const used = ecsPaths().flatMap((path) => readFileSync(path, 'utf8').match(/\$\{[A-Z_]+\}/g) ?? []);
    const own = [...new Set(used)].filter((placeholder) => !placeholder.endsWith('_REGISTRY_ARN}'));
    expect(own.length).toBeGreaterThan(10);
    expect(own.filter((placeholder) => !page.includes(`\`${placeholder.slice(2, -1)}\``))).toEqual([]);
  });

  test('hold no account, region or secret', () => {
    for (const path of ecsPaths())
      expect(readFileSync(path, 'utf8')).not.toMatch(/\b\d{12}\b|arn:aws|-(east|west|central)-\d/);
  });
});
