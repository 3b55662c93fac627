import type { Configuration } from './configuration.js';
import { loadEnvFile } from './env-file.js';
import { loadConfiguration } from './load-configuration.js';
import type { Services } from './service-defaults.js';

type Environment = Readonly<Record<string, string>>;

/**
 * The configuration of this process, or of one that differs by `changes`. A `.env` file in the working directory adds
 * what the environment lacks. `operations`: those that RATE_LIMITS may name.
 */
export function configurationFromEnvironment(
  services?: Services,
  changes: Environment = {},
  operations?: ReadonlySet<string>,
): Configuration {
  loadEnvFile('.env');
  return loadConfiguration(environmentWith(changes), services, operations);
}

/** The environment of this process with `changes`: for one that it starts. */
export const environmentWith = (changes: Environment): NodeJS.ProcessEnv => ({ ...process.env, ...changes });
