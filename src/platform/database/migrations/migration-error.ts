/** The migrations cannot be applied; the message says which one, why and what to do about it. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}
