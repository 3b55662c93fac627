import type { TokenIssuer } from '../../../platform/security/token-issuer.js';
import { type AccessTokenSubject, AccessTokens } from '../application/access-tokens.js';

/** Access tokens as the pipeline verifies them. */
export class JwtAccessTokens extends AccessTokens {
  constructor(
    private readonly issuer: TokenIssuer,
    override readonly lifetimeSeconds: number,
  ) {
    super();
  }

  override issue(subject: AccessTokenSubject) {
    return this.issuer.issue(subject);
  }
}
