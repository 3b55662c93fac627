/** The embedded PostgreSQL cannot do its work; the message says why and what to do about it, for the person who starts the program. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** For what the files of a data folder do not allow. */
export const unusableData = (reason: string, cause?: unknown): EmbeddedPostgresError =>
  new EmbeddedPostgresError(
    `The data folder cannot be used (${reason}): it may belong to another user; take it over (chown), or choose another DATA_DIR`,
    { cause },
  );

/** Says which file it is, and what to do; other errors stay as they are. */
export function explainFileError(error: unknown): unknown {
  const isOfFile = error instanceof Error && !(error instanceof EmbeddedPostgresError) && 'path' in error;
  return isOfFile ? unusableData(error.message, error) : error;
}
