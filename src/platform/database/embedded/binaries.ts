import { readFile, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** Of the binaries in package.json. PostgreSQL cannot open data folders of another major version. */
export const MAJOR_VERSION = '18';

export async function findBinaries(): Promise<string> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const found: { postgres: string } | undefined = await import(`@embedded-postgres/${platform}`).catch(() => undefined);
  if (!found)
    throw new EmbeddedPostgresError(
      `There are no embedded PostgreSQL binaries for ${platform}: set DATABASE_URL to a PostgreSQL server, or install without --omit=optional`,
    );
  const binaries = dirname(dirname(found.postgres));
  await linkLibraries(binaries);
  return binaries;
}

export const program = (binaries: string, name: 'initdb' | 'pg_ctl' | 'postgres'): string =>
  join(binaries, 'bin', process.platform === 'win32' ? `${name}.exe` : name);

/** npm packages contain no symbolic links. Their postinstall script makes them, but npm may skip scripts. */
export async function linkLibraries(binaries: string): Promise<void> {
  const list = await readFile(join(binaries, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(list);
  for (const { source, target } of links)
    await symlink(basename(source), join(dirname(binaries), target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST')
        throw new EmbeddedPostgresError(
          `The libraries of the embedded PostgreSQL are not linked and cannot be (${error.message}): run the install scripts of its package, npm rebuild`,
        );
    });
}
