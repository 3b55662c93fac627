import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { services } from '../../../src/apps/services.js';
import { ConfigurationError } from '../../../src/platform/config/configuration-error.js';
import { loadConfiguration } from '../../../src/platform/config/load-configuration.js';
import { addressVariables } from '../../../src/platform/config/remote-variables.js';
import { variables } from '../../../src/platform/config/variables.js';
import { environmentExample } from './environment-example.js';

const known = Object.keys({ ...variables, ...addressVariables(services) });
const uncommented = () => parseEnv(readFileSync('.env.example', 'utf8').replaceAll(/^#([A-Z][A-Z0-9_]*=)/gm, '$1'));

describe('.env.example', () => {
  test('is what the table of variables says (update it with: npx vitest run test/platform/config -u)', async () => {
    await expect(environmentExample()).toMatchFileSnapshot('../../../.env.example');
  });

  test('names every variable once and no other', () => {
    expect(Object.keys(uncommented()).sort()).toEqual([...known].sort());
  });

  test('gives the defaults: uncommented as a whole it changes nothing', () => {
    expect(loadConfiguration(uncommented(), services)).toEqual(loadConfiguration({}, services));
  });

  test('every variable refuses nonsense in words of its own, or takes any text', () => {
    const text = ['SERVICE_NAME', 'TLS_CERT_FILE', 'TLS_KEY_FILE', 'DATA_DIR', 'JWT_SECRET', 'JWT_ISSUER'];
    text.push('JWT_PRIVATE_KEY_FILE', 'JWT_PUBLIC_KEY_FILES', 'JWT_AUDIENCE', 'BOOTSTRAP_ADMIN_PASSWORD');
    text.push('SERVICE_TLS_CA_FILE', 'CONSUL_TOKEN', 'CONSUL_CA_FILE', 'KAFKA_BROKERS', 'TRUSTED_PROXIES');
    for (const name of known.filter((each) => !text.includes(each))) {
      expect(() => loadConfiguration({ [name]: 'non/sense #' }, services), name).toThrow(ConfigurationError);
    }
  });
});
