import { readFile, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** Of the binaries in package.json. PostgreSQL cannot open data folders of another major version. */
export const MAJOR_VERSION = '18';

export interface Binaries {
  readonly home: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

export async function findBinaries(): Promise<Binaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const found: { initdb: string; postgres: string; pg_ctl: string } | undefined = await import(
    `@embedded-postgres/${platform}`
  ).catch(() => undefined);
  if (!found)
    throw new EmbeddedPostgresError(
      `There are no embedded PostgreSQL binaries for ${platform}: set DATABASE_URL to a PostgreSQL server, or install without --omit=optional`,
    );
  const home = dirname(dirname(found.postgres));
  await linkLibraries(home);
  return { home, initdb: found.initdb, postgres: found.postgres, pgCtl: found.pg_ctl };
}

/** npm packages contain no symbolic links. Their postinstall script makes them, but npm may skip scripts. */
export async function linkLibraries(home: string): Promise<void> {
  const list = await readFile(join(home, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(list);
  for (const { source, target } of links)
    await symlink(basename(source), join(dirname(home), target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST')
        throw new EmbeddedPostgresError(
          `The libraries of the embedded PostgreSQL are not linked and cannot be (${error.message}): run the install scripts of its package, npm rebuild`,
        );
    });
}
