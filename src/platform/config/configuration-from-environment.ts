import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Configuration } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import { loadConfiguration } from './load-configuration.js';
import type { Services } from './service-defaults.js';

type Environment = Readonly<Record<string, string>>;

/** From the environment with `changes`, and `.env` of the working directory. `operations`: names for RATE_LIMITS. */
export function configurationFromEnvironment(
  services?: Services,
  changes: Environment = {},
  operations?: ReadonlySet<string>,
): Configuration {
  loadEnvFile('.env');
  return loadConfiguration(environmentWith(changes), services, operations);
}

export const environmentWith = (changes: Environment): NodeJS.ProcessEnv => ({ ...process.env, ...changes });

/** The environment overrides the file, which is optional. */
function loadEnvFile(path: string): void {
  for (const [name, value] of Object.entries(parseEnv(read(path)))) process.env[name] ??= value;
}

/** PowerShell writes UTF-16. The decoder drops the byte order mark. */
function read(path: string): string {
  try {
    const bytes = readFileSync(path);
    const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return '';
    throw new ConfigurationError([
      `${path}: cannot be read (${code}). Make it a file that this user can read, or remove it`,
    ]);
  }
}
