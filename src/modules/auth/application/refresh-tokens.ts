/** The secret half of a refresh token, which only its holder knows, and what is stored of it. */
export interface RefreshSecret {
  readonly secret: string;
  readonly hash: string;
}

export abstract class RefreshTokens {
  /** For a new session, or for the one of `former`, with which it shares its beginning. 448 random bits, base64url. */
  abstract make(former?: string): RefreshSecret;
  /** Digests of the shared part and of the whole, base64url. */
  abstract hash(secret: string): string;
}
