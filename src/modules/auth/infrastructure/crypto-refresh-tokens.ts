import { hash, randomBytes } from 'node:crypto';
import { type RefreshSecret, RefreshTokens } from '../application/refresh-tokens.js';
import { SHARED_LENGTH, sharedPart } from '../domain/refresh-token.js';

const OWN_BYTES = 32;
const SHARED_BYTES = (SHARED_LENGTH * 6) / 8;

const random = (bytes: number): string => randomBytes(bytes).toString('base64url');

/** A plain hash is enough: random bits cannot be guessed, unlike passwords. */
export class CryptoRefreshTokens extends RefreshTokens {
  override make(former?: string): RefreshSecret {
    const shared = former === undefined ? random(SHARED_BYTES) : sharedPart(former);
    const secret = `${shared}${random(OWN_BYTES)}`;
    return { secret, hash: this.hash(secret) };
  }

  override hash(secret: string): string {
    return `${sharedPart(hash('sha256', sharedPart(secret), 'base64url'))}${hash('sha256', secret, 'base64url')}`;
  }
}
