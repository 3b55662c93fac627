import { SignJWT } from 'jose/jwt/sign';
import { wallClock } from '../../contract/wall-clock.js';
import type { TokenSettings } from '../config/configuration.js';
import type { TokenKey, TokenKeys } from './token-keys.js';

/** RFC 9068. Service tokens have another type, so that they cannot pass as a user's. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';
export const SERVICE_TOKEN_TYPE = 'service+jwt';

const SERVICE_TOKEN_SECONDS = 60;

export interface AccessTokenSubject {
  readonly userId: string;
  readonly sessionId: string;
  readonly role: string;
  readonly tenant?: string;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

export class TokenIssuer {
  constructor(
    private readonly keys: Pick<TokenKeys, 'signing'>,
    private readonly settings: Pick<TokenSettings, 'issuer' | 'audience' | 'accessTokenSeconds'>,
    private readonly now: () => number = wallClock,
  ) {}

  issue({ userId, sessionId, role, tenant }: AccessTokenSubject): Promise<IssuedToken> {
    const { audience, accessTokenSeconds } = this.settings;
    return this.#sign(ACCESS_TOKEN_TYPE, userId, audience, accessTokenSeconds, { sid: sessionId, role, tenant });
  }

  issueServiceToken({ service, audience }: { service: string; audience: string }): Promise<IssuedToken> {
    return this.#sign(SERVICE_TOKEN_TYPE, service, audience, SERVICE_TOKEN_SECONDS, {});
  }

  async #sign(typ: string, sub: string, audience: string, seconds: number, claims: object): Promise<IssuedToken> {
    const { algorithm, id, key } = this.#signingKey();
    // with milliseconds, so that a sign-in just after a revocation counts as later; NumericDate allows fractions
    const issuedAt = this.now() / 1000;
    const expires = Math.floor(issuedAt) + seconds;
    const token = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: algorithm, typ, kid: id })
      .setIssuer(this.settings.issuer)
      .setSubject(sub)
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expires)
      .sign(key);
    return { token, expiresAt: new Date(expires * 1000) };
  }

  #signingKey(): TokenKey {
    if (this.keys.signing === undefined) {
      throw new Error('this process has public keys only: set JWT_PRIVATE_KEY_FILE to issue tokens');
    }
    return this.keys.signing;
  }
}
