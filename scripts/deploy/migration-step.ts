import type { DeployedProcess } from './model-types.js';

/** Of the one-off container that applies the migrations of a process. */
export const migrationName = ({ name }: DeployedProcess): string => `migrate-${name}`;

/** What that container gets: all that the configuration requires, and the address of PostgreSQL itself. */
export const migratingProcess = (process: DeployedProcess): DeployedProcess => ({
  ...process,
  secrets: process.secrets.filter(({ required, variable }) => required || variable.startsWith('DATABASE_')),
});
