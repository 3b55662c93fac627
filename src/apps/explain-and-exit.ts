import { ConfigurationError } from '../platform/config/configuration-error.js';
import { ListenError } from '../protocols/listen-error.js';

/** A process that cannot start says why, without a stack where the reason is the environment's. */
export function explainAndExit(error: unknown): never {
  const isEnvironment = error instanceof ConfigurationError || error instanceof ListenError;
  const text = isEnvironment ? error.message : error instanceof Error ? error.stack : error;
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
