/** The embedded PostgreSQL cannot do its work; the message says why and what to do about it, for the person who starts the program. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
