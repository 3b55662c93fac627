import { existsSync } from 'node:fs';
import type { Configuration } from './configuration.js';
import { loadConfiguration } from './load-configuration.js';
import type { Services } from './service-defaults.js';

/** The configuration of this process. A `.env` file in the working directory adds what the environment lacks. */
export function configurationFromEnvironment(services?: Services): Configuration {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return loadConfiguration(process.env, services);
}
