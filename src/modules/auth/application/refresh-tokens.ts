/** The secret half of a refresh token, which only its holder knows, and what is stored of it. */
export interface RefreshSecret {
  readonly secret: string;
  readonly hash: string;
}

export abstract class RefreshTokens {
  /** 256 random bits, base64url. */
  abstract make(): RefreshSecret;
  /** SHA-256, base64url. */
  abstract hash(secret: string): string;
}
