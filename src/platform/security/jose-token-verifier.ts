import type { webcrypto } from 'node:crypto';
import type { JWTHeaderParameters, JWTPayload } from 'jose';
import * as errors from 'jose/errors';
import { jwtVerify } from 'jose/jwt/verify';
import { Unauthenticated } from '../../contract/built-in-failures.js';
import { wallClock } from '../../contract/wall-clock.js';
import { type AccessClaims, TokenVerifier } from '../../pipeline/token-verifier.js';
import { ACCESS_TOKEN_TYPE, SERVICE_TOKEN_TYPE } from './token-issuer.js';
import type { TokenKeys } from './token-keys.js';
import { VerifiedTokenCache } from './verified-token-cache.js';

export interface VerifierSettings {
  readonly issuer: string;
  readonly audience: string;
  /** Of this service: the audience of service tokens. */
  readonly service: string;
  readonly cachedTokens?: number;
}

interface ServiceClaims {
  readonly service: string;
  readonly exp: number;
}

const DEFAULT_CACHED_TOKENS = 10_000;
const MAX_TOKEN_LENGTH = 4096;

export class JoseTokenVerifier extends TokenVerifier {
  readonly #access: VerifiedTokenCache<AccessClaims>;
  readonly #services: VerifiedTokenCache<ServiceClaims>;
  readonly #algorithms: string[];

  constructor(
    private readonly keys: Pick<TokenKeys, 'verifying'>,
    private readonly settings: VerifierSettings,
    private readonly now: () => number = wallClock,
  ) {
    super();
    const capacity = settings.cachedTokens ?? DEFAULT_CACHED_TOKENS;
    this.#access = new VerifiedTokenCache(capacity, now);
    this.#services = new VerifiedTokenCache(capacity, now);
    this.#algorithms = [...new Set(keys.verifying.map(({ algorithm }) => algorithm))];
  }

  override verifyCached(token: string): AccessClaims | undefined {
    return this.#access.get(token);
  }

  override async verify(token: string): Promise<AccessClaims> {
    const payload = await this.#payload(token, ACCESS_TOKEN_TYPE, this.settings.audience);
    return this.#access.keep(token, accessClaims(payload));
  }

  override verifyServiceCached(token: string): { readonly service: string } | undefined {
    return this.#services.get(token);
  }

  override async verifyService(token: string): Promise<{ readonly service: string }> {
    const { sub, exp } = await this.#payload(token, SERVICE_TOKEN_TYPE, this.settings.service);
    return this.#services.keep(token, { service: named(sub), exp: Number(exp) });
  }

  async #payload(token: string, typ: string, audience: string): Promise<JWTPayload> {
    if (token.length > MAX_TOKEN_LENGTH) throw new Unauthenticated({ detail: 'The token is too long' });
    try {
      const { payload } = await jwtVerify(token, (header) => this.#keyFor(header), {
        algorithms: this.#algorithms,
        issuer: this.settings.issuer,
        audience,
        typ,
        requiredClaims: ['sub', 'iat', 'exp'],
        currentDate: new Date(this.now()),
      });
      return payload;
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) throw new Unauthenticated({ detail: 'The token has expired', cause });
      if (cause instanceof errors.JOSEError) throw new Unauthenticated({ detail: 'The token is not valid', cause });
      throw cause;
    }
  }

  /** A key accepts only its own algorithm: a public key must never serve as an HMAC secret. */
  #keyFor({ alg, kid }: JWTHeaderParameters): webcrypto.CryptoKey {
    const found = this.keys.verifying.find(
      ({ algorithm, id }) => algorithm === alg && (id === undefined || id === kid),
    );
    if (found === undefined) throw new errors.JWSInvalid('signed by a key that is not known here');
    return found.key;
  }
}

function accessClaims({ sub, sid, role, tenant, iat, exp }: JWTPayload): AccessClaims {
  const claims = { sub: named(sub), sid: named(sid), role: named(role), iat: Number(iat), exp: Number(exp) };
  return Object.freeze(tenant === undefined ? claims : { ...claims, tenant: named(tenant) });
}

function named(claim: unknown): string {
  if (typeof claim === 'string' && claim !== '') return claim;
  throw new Unauthenticated({ detail: 'The token is not valid' });
}
