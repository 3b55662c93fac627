import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** PostgreSQL's write-ahead log grows by files of 16 MiB. */
const LEAST_FREE_BYTES = 16 * 1024 * 1024;

/** The error to report if PostgreSQL failed for want of disk space; it could not write its complaints either then. */
export async function diskFull(folder: string, complaints: string): Promise<EmbeddedPostgresError | undefined> {
  const { bavail, bsize } = await statfs(dirname(folder));
  const free = bavail * bsize;
  if (free >= LEAST_FREE_BYTES && !/no space left|check free disk space|disk quota exceeded/i.test(complaints))
    return undefined;
  const mebibytes = Math.floor(free / 1024 / 1024);
  return new EmbeddedPostgresError(
    `The disk of the data folder ${folder} is full (${mebibytes} MiB left): free some space, or choose another DATA_DIR`,
  );
}
