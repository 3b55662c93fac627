import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { services } from '../../../src/apps/services.js';
import { ConfigurationError } from '../../../src/platform/config/configuration-error.js';
import { loadConfiguration, processVariables } from '../../../src/platform/config/load-configuration.js';
import { fileVariable } from '../../../src/platform/config/secret-files.js';
import { environmentExample, sections, variablesPage } from './variable-documents.js';

const variables = processVariables({}, services);
const known = variables.map(({ name }) => name);
const files = variables.filter(({ secret }) => secret).map(({ name }) => fileVariable(name));
const uncommented = () => parseEnv(readFileSync('.env.example', 'utf8').replaceAll(/^#([A-Z][A-Z0-9_]*=)/gm, '$1'));

describe('the documents of the variables', () => {
  test('are what the variables say (update them with: npx vitest run test/platform/config -u)', async () => {
    await expect(environmentExample()).toMatchFileSnapshot('../../../.env.example');
    await expect(variablesPage()).toMatchFileSnapshot('../../../docs/variables.md');
  });

  test('change with a variable', () => {
    const more = [...sections, { title: 'New', variables: [{ name: 'NEW', about: 'New', expected: 'anything' }] }];
    expect(environmentExample(more)).not.toBe(environmentExample());
    expect(variablesPage(more)).not.toBe(variablesPage());
  });

  test('say which services require a variable in production', () => {
    expect(variablesPage()).toMatch(
      /`DATABASE_URL` or `DATABASE_URL_FILE` +\| +\| monolith, user-service, auth-service +\|/,
    );
    expect(variablesPage()).toMatch(/`USER_SERVICE_ADDRESS` +\| +\| api-gateway, auth-service +\|/);
  });
});

test('the checklist for production has every variable once (docs/production.md)', () => {
  const [, checklist = ''] = readFileSync('docs/production.md', 'utf8').split('## Checklist');
  const settings = [...checklist.matchAll(/^\| ([^|]*) \|/gm)].flatMap(([, cell = '']) => [
    ...cell.matchAll(/`([A-Z][A-Z0-9_]+)`/g),
  ]);
  expect(settings.map(([, name]) => name).sort()).toEqual([...known].sort());
});

describe('.env.example', () => {
  test('names every variable once and no other', () => {
    expect(Object.keys(uncommented()).sort()).toEqual([...known, ...files].sort());
    expect(new Set([...known, ...files]).size).toBe(known.length + files.length);
  });

  test('gives the defaults: uncommented as a whole it changes nothing', () => {
    expect(loadConfiguration(uncommented(), services)).toEqual(loadConfiguration({}, services));
  });

  test('every variable refuses nonsense in words of its own, or takes any text', () => {
    const text = ['TLS_CERT_FILE', 'TLS_KEY_FILE', 'DATA_DIR', 'JWT_SECRET', 'JWT_ISSUER'];
    text.push('JWT_PRIVATE_KEY_FILE', 'JWT_PUBLIC_KEY_FILES', 'JWT_AUDIENCE', 'BOOTSTRAP_ADMIN_PASSWORD');
    text.push('SERVICE_TLS_CA_FILE', 'CONSUL_TOKEN', 'CONSUL_CA_FILE', 'KAFKA_BROKERS', 'TRUSTED_PROXIES');
    for (const name of known.filter((each) => !text.includes(each))) {
      expect(() => loadConfiguration({ [name]: 'non/sense #' }, services), name).toThrow(ConfigurationError);
    }
  });

  test('every variable that another one needs or excludes exists', () => {
    for (const { needs, excludes = [] } of variables) {
      for (const name of needs ? [needs, ...excludes] : excludes) expect(known).toContain(name);
    }
  });
});
