import { Inject, Injectable } from '@nestjs/common';
import { Configuration } from '../../../platform/config/configuration.js';
import { TokenIssuer } from '../../../platform/security/token-issuer.js';
import { type AccessTokenSubject, AccessTokens } from '../application/access-tokens.js';

interface TokenLifetimeSetting {
  readonly security: { readonly tokens: Pick<Configuration['security']['tokens'], 'accessTokenSeconds'> };
}

@Injectable()
export class JwtAccessTokens extends AccessTokens {
  override readonly lifetimeSeconds: number;

  constructor(
    private readonly issuer: TokenIssuer,
    @Inject(Configuration) { security }: TokenLifetimeSetting,
  ) {
    super();
    this.lifetimeSeconds = security.tokens.accessTokenSeconds;
  }

  override issue(subject: AccessTokenSubject) {
    return this.issuer.issue(subject);
  }
}
