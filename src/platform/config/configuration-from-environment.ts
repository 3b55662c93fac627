import { existsSync } from 'node:fs';
import type { Configuration } from './configuration.js';
import { loadConfiguration, type ServiceDefaults } from './load-configuration.js';

/** The configuration of this process. A `.env` file in the working directory adds what the environment lacks. */
export function configurationFromEnvironment(services?: Readonly<Record<string, ServiceDefaults>>): Configuration {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return loadConfiguration(process.env, services);
}
