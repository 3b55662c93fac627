export interface RefreshSecret {
  readonly secret: string;
  readonly hash: string;
}

export abstract class RefreshTokens {
  /** 448 random bits, base64url. With `former`, of the same session: begins with the same shared part. */
  abstract make(former?: string): RefreshSecret;
  /** Digests of the shared part and of the whole, base64url. */
  abstract hash(secret: string): string;
}
