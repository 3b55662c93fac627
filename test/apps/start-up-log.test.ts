import { describe, expect, test } from 'vitest';
import { moduleContracts } from '../../src/apps/modules.js';
import { services } from '../../src/apps/services.js';
import { loginLine } from '../../src/apps/start-up-log.js';
import { OperationRegistry } from '../../src/pipeline/registry.js';
import { loadConfiguration } from '../../src/platform/config/load-configuration.js';

function lineOf(environment: Readonly<Record<string, string>>): string | undefined {
  const configuration = loadConfiguration(environment, services);
  const { modules = [], servesAll } = services[configuration.serviceName] ?? {};
  const runs = modules.map(({ contract }) => contract);
  const registry = new OperationRegistry(moduleContracts, { runs, serves: servesAll ? moduleContracts : runs });
  return loginLine(configuration, registry);
}

const demoLogin = /first administrator is admin@example\.com with password password123 .*unless/;

describe('the start-up log says how to log in', () => {
  test.each<Readonly<Record<string, string>>>([
    { SERVICE_NAME: 'monolith' },
    { SERVICE_NAME: 'api-gateway' },
    { SERVICE_NAME: 'auth-service', PROTOCOLS: 'rest' },
  ])('by %o', (environment) => {
    expect(lineOf(environment)).toMatch(demoLogin);
  });

  test.each([
    ['where nobody can', { SERVICE_NAME: 'user-service', PROTOCOLS: 'rest' }],
    ['without REST', { PROTOCOLS: 'graphql' }],
    ['where the password is a secret', { BOOTSTRAP_ADMIN_EMAIL: 'me@example.com', BOOTSTRAP_ADMIN_PASSWORD: 'hidden' }],
    ['where there is no such administrator', { NODE_ENV: 'test' }],
  ])('but not %s', (_, environment) => {
    expect(lineOf(environment)).toBeUndefined();
  });
});
