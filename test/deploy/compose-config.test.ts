import { cpSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { services as table } from '../../src/apps/services.js';
import { loadConfiguration } from '../../src/platform/config/load-configuration.js';
import { inHouse, plant } from '../house/planted-tree.js';
import { composePaths } from './support/compose-files.js';
import { makeSecrets } from './support/compose-secrets.js';
import { composeConfig, resolveCompose } from './support/resolved-compose.js';

const { DOCKER_COMPOSE } = process.env;
const production = {
  files: [composePaths.stack, composePaths.production],
  environment: { BOOTSTRAP_ADMIN_EMAIL: 'first@example.com' },
};
const profiles = ['monolith', 'split'] as const;

/** A folder with the Compose files and what they mount. */
function checkout(): string {
  const root = plant({});
  cpSync(inHouse('deploy'), join(root, 'deploy'), { recursive: true });
  cpSync(inHouse(composePaths.stack), join(root, composePaths.stack));
  return root;
}

describe.skipIf(DOCKER_COMPOSE === undefined)('docker compose config', () => {
  test.each(profiles)('--profile %s has the product, and servers that wait for each other', (profile) => {
    const { services } = resolveCompose({ profile });
    const public_ = profile === 'monolith' ? 'monolith' : 'api-gateway';
    expect(Object.keys(services)).toEqual(expect.arrayContaining([public_, 'pgbouncer', 'redis', 'mosquitto']));
    expect(services[public_]?.ports.map(({ published }) => published)).toEqual(['3000', '50051']);
    expect(services[public_]?.build).toMatchObject({ context: process.cwd() });
  });

  test('lets a docker-compose.override.yml change a service of the included file', () => {
    const folder = checkout();
    const override = 'services:\n  api-gateway:\n    ports: !override ["127.0.0.1:8080:3000"]\n';
    writeFileSync(join(folder, 'docker-compose.override.yml'), override);
    const { services } = resolveCompose({ profile: 'split', folder });
    expect(services['api-gateway']?.ports.map(({ published }) => published)).toEqual(['8080']);
  });

  test('refuses what no service is', () => {
    const folder = checkout();
    const override = 'services:\n  api-gateway:\n    depends_on: [nobody]\n';
    writeFileSync(join(folder, 'docker-compose.override.yml'), override);
    const { status, stderr } = composeConfig({ profile: 'split', folder });
    expect([status, stderr]).toEqual([1, expect.stringContaining('depends on undefined service "nobody"')]);
  });
});

describe.skipIf(DOCKER_COMPOSE === undefined)('docker compose config with deploy/compose.production.yml', () => {
  test.each(profiles)('--profile %s publishes the ports of the public process alone', (profile) => {
    const { services } = resolveCompose({ ...production, profile });
    const published = Object.entries(services).flatMap(([name, { ports }]) => ports.map((port) => ({ name, ...port })));
    const name = profile === 'monolith' ? 'monolith' : 'api-gateway';
    expect(published).toEqual([
      expect.objectContaining({ name, host_ip: '127.0.0.1', published: '3000' }),
      expect.objectContaining({ name, host_ip: '127.0.0.1', published: '50051' }),
    ]);
  });

  test.each(profiles)('--profile %s has no server of development, and builds nothing', (profile) => {
    const { services } = resolveCompose({ ...production, profile });
    expect(Object.keys(services).filter((name) => /consul|jaeger|prometheus|grafana/.test(name))).toEqual([]);
    const all = Object.values(services);
    expect(all.filter(({ build, network_mode }) => build !== undefined || network_mode !== undefined)).toEqual([]);
  });

  test.each(profiles)('--profile %s has no public password left: every secret is a file', (profile) => {
    const text = composeConfig({ ...production, profile }).stdout;
    expect(text).toContain('/run/secrets/');
    expect(text).not.toMatch(/mstv:mstv|"mstv"\s*"|PASSWORD": "|correct horse|public, for the Compose stack/);
  });

  test.each(profiles)('--profile %s starts in production with the secrets that the script makes', (profile) => {
    const root = plant({});
    const secrets = makeSecrets(root);
    const model = resolveCompose({ ...production, profile });
    for (const { file } of Object.values(model.secrets)) expect(existsSync(join(secrets, basename(file)))).toBe(true);
    for (const { environment, secrets: given } of Object.values(model.services)) {
      for (const { source } of given) expect(Object.keys(model.secrets)).toContain(source);
      if (environment.SERVICE_NAME === undefined) continue;
      const inFolder = Object.entries(environment).map(([name, value]) => [
        name,
        value.replace('/run/secrets', secrets),
      ]);
      expect(loadConfiguration(Object.fromEntries(inFolder), table).warnings).toEqual([]);
    }
  });

  test('asks for the address of the administrator', () => {
    const { status, stderr } = composeConfig({ ...production, environment: {}, profile: 'split' });
    expect([status, stderr]).toEqual([1, expect.stringContaining('set it to the address of the first administrator')]);
  });

  test('takes the image of a registry', () => {
    const environment = { ...production.environment, NESTJS_MSTV_IMAGE: 'registry.example/mstv:1' };
    const { services } = resolveCompose({ ...production, environment, profile: 'split' });
    expect(services['user-service']?.image).toBe('registry.example/mstv:1');
  });
});

describe('deploy/compose.secrets.sh', () => {
  test('makes passwords once, and what follows from them every time', () => {
    const root = plant({});
    const secrets = makeSecrets(root);
    const read = (name: string) => readFileSync(join(secrets, name), 'utf8');
    const before = read('database_password');
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(read('user_service_database_url')).toBe(`postgresql://mstv:${before}@pgbouncer:5432/user_service`);
    writeFileSync(join(secrets, 'database_password'), 'changed');
    makeSecrets(root);
    expect(read('user_service_database_url')).toContain('changed');
    expect(read('jwt_secret')).toMatch(/^[0-9a-f]{64}$/);
  });

  test('admits its owner alone to the folder, and the user of every container to the files', () => {
    const secrets = makeSecrets(plant({}));
    expect(statSync(secrets).mode & 0o777).toBe(0o700);
    expect(statSync(join(secrets, 'jwt_secret')).mode & 0o777).toBe(0o644);
  });
});
