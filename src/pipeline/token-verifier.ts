import type { RevocableClaims } from '../ports/revocations.js';

/** The same object for as long as the token is cached. */
export interface AccessClaims extends RevocableClaims {
  readonly role: string;
  readonly tenant?: string;
  readonly exp: number;
}

export abstract class TokenVerifier {
  abstract verifyCached(token: string): AccessClaims | undefined;
  abstract verify(token: string): Promise<AccessClaims>;
  abstract verifyServiceCached(token: string): { readonly service: string } | undefined;
  /** For a token whose audience is this service. Throws Unauthenticated. */
  abstract verifyService(token: string): Promise<{ readonly service: string }>;
}
