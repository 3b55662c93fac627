/** Public, so refused in production. */
export const DEVELOPMENT_JWT_SECRET = 'development-only-secret-known-to-everyone';

const MIN_SECRET_BYTES = 32;
const MIN_DISTINCT_CHARACTERS = 10;

/** Why the secret is too weak, or undefined. HS256 needs 32 bytes (RFC 7518, 3.2). */
export function secretProblem(secret: string): string | undefined {
  if (secret === DEVELOPMENT_JWT_SECRET) return 'is the development secret, which everyone knows';
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) return `is shorter than ${MIN_SECRET_BYTES} bytes`;
  if (new Set(secret).size < MIN_DISTINCT_CHARACTERS) return 'repeats a few characters';
  if (/^(dev|test|secret|password|change|example|your)/i.test(secret)) return 'looks like a placeholder';
  return undefined;
}
