import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

export const unusableData = (reason: string, cause?: unknown): EmbeddedPostgresError =>
  new EmbeddedPostgresError(
    `The data folder cannot be used (${reason}): it may belong to another user; take it over (chown), or choose another DATA_DIR`,
    { cause },
  );

export function explainFileError(error: unknown): unknown {
  const isOfFile = error instanceof Error && !(error instanceof EmbeddedPostgresError) && 'path' in error;
  return isOfFile ? unusableData(error.message, error) : error;
}

/** One file of the write-ahead log (WAL). */
const LEAST_FREE_BYTES = 16 * 1024 * 1024;

/** PostgreSQL may be unable to log that the disk is full, so this also looks at the free space. */
export async function diskFull(folder: string, output: string): Promise<EmbeddedPostgresError | undefined> {
  const { bavail, bsize } = await statfs(dirname(folder));
  const free = bavail * bsize;
  if (free >= LEAST_FREE_BYTES && !/no space left|check free disk space|disk quota exceeded/i.test(output))
    return undefined;
  const mebibytes = Math.floor(free / 1024 / 1024);
  return new EmbeddedPostgresError(
    `The disk of the data folder ${folder} is full (${mebibytes} MiB left): free some space, or choose another DATA_DIR`,
  );
}
