import { hash, randomBytes } from 'node:crypto';
import { type RefreshSecret, RefreshTokens } from '../application/refresh-tokens.js';

const SECRET_BYTES = 32;

/** A plain digest will do: unlike a password, 256 random bits cannot be guessed. */
export class CryptoRefreshTokens extends RefreshTokens {
  override make(): RefreshSecret {
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    return { secret, hash: this.hash(secret) };
  }

  override hash(secret: string): string {
    return hash('sha256', secret, 'base64url');
  }
}
