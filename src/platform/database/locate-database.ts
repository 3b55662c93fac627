import type { Configuration } from '../config/configuration.js';
import { embeddedPostgres } from './embedded/embedded-postgres.js';

export interface DatabaseLocation {
  readonly url: string;
  readonly directUrl: string;
  readonly embedded: boolean;
  release(): Promise<unknown>;
}

/** From the configuration; else the embedded PostgreSQL in DATA_DIR, one database per service. */
export async function locateDatabase(
  { database, dataDir, serviceName }: Pick<Configuration, 'database' | 'dataDir' | 'serviceName'>,
  log: (message: string) => void,
): Promise<DatabaseLocation> {
  const { url, directUrl = url } = database;
  if (url && directUrl) return { url, directUrl, embedded: false, release: async () => undefined };
  const server = await embeddedPostgres({ dataDir, log });
  const name = serviceName.replaceAll('-', '_');
  const release = () => server.stop();
  try {
    await server.ensureDatabase(name);
  } catch (error) {
    await release();
    throw error;
  }
  return { url: server.url(name), directUrl: server.url(name), embedded: true, release };
}
