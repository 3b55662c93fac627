import { ConfigurationError } from '../platform/config/configuration-error.js';

/** A process that cannot start says why, without a stack where the reason is the environment's. */
export function explainAndExit(error: unknown): never {
  const text = error instanceof ConfigurationError ? error.message : error instanceof Error ? error.stack : error;
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
