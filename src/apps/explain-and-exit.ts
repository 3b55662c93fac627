import { ConfigurationError } from '../platform/config/configuration-error.js';
import { EmbeddedPostgresError } from '../platform/database/embedded/embedded-postgres-error.js';
import { MigrationError } from '../platform/database/migrations/migration-files.js';
import { ListenError } from '../protocols/listen-error.js';

const explained = [ConfigurationError, EmbeddedPostgresError, ListenError, MigrationError];

export function explainAndExit(error: unknown): never {
  const isExplained = explained.some((type) => error instanceof type);
  const text = error instanceof Error ? (isExplained ? error.message : error.stack) : error;
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
