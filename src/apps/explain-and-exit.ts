import { ConfigurationError } from '../platform/config/configuration-error.js';
import { EmbeddedPostgresError } from '../platform/database/embedded/embedded-postgres-error.js';
import { MigrationError } from '../platform/database/migrations/migration-files.js';
import { ListenError } from '../protocols/listen-error.js';

/** Errors whose message says all that a person can do about them. */
const explained = [ConfigurationError, EmbeddedPostgresError, ListenError, MigrationError];

/** A process that cannot start says why, without a stack where the reason is the environment's. */
export function explainAndExit(error: unknown): never {
  const isExplained = explained.some((type) => error instanceof type);
  const text = error instanceof Error ? (isExplained ? error.message : error.stack) : error;
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
