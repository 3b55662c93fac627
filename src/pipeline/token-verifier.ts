/** Of a verified access token. One object per token for as long as it is cached. */
export interface AccessClaims {
  /** User id. */
  readonly sub: string;
  /** Session id. */
  readonly sid?: string;
  readonly role: string;
  /** Organization id. */
  readonly tenant?: string;
  /** Epoch seconds. */
  readonly iat: number;
  readonly exp: number;
}

export abstract class TokenVerifier {
  /** A look-up among tokens verified before and not expired; no signature is computed. */
  abstract verifyCached(token: string): AccessClaims | undefined;
  /** Throws Unauthenticated. */
  abstract verify(token: string): Promise<AccessClaims>;
  /** Like `verifyCached`, of service tokens. */
  abstract verifyServiceCached(token: string): { readonly service: string } | undefined;
  /** The calling service of a token made for this one; throws Unauthenticated. */
  abstract verifyService(token: string): Promise<{ readonly service: string }>;
}
