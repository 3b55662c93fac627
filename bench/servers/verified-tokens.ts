import { jwtVerify, SignJWT } from 'jose';

export interface Claims {
  readonly sub: string;
  readonly role: string;
  /** Epoch seconds. */
  readonly exp: number;
}

const secret = new TextEncoder().encode('a secret of the benchmarks, long enough for HS256');

/** How a handler written by hand takes tokens: verified once, then looked up until they expire. */
export class VerifiedTokens {
  readonly #known = new Map<string, Claims>();

  issue(userId: string): Promise<string> {
    return new SignJWT({ role: 'USER', sid: crypto.randomUUID() })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .setIssuer('bench')
      .setAudience('bench')
      .setSubject(userId)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(secret);
  }

  /** Undefined for one that was not verified before, or has expired since. */
  find(authorization: string | undefined): Claims | undefined {
    if (!authorization?.startsWith('Bearer ')) return undefined;
    const claims = this.#known.get(authorization.slice(7));
    return claims !== undefined && claims.exp * 1000 > Date.now() ? claims : undefined;
  }

  /** Undefined for one that does not hold. */
  async verify(authorization: string | undefined): Promise<Claims | undefined> {
    if (!authorization?.startsWith('Bearer ')) return undefined;
    const token = authorization.slice(7);
    try {
      const { payload } = await jwtVerify<{ role: string }>(token, secret, { issuer: 'bench', audience: 'bench' });
      const claims = { sub: String(payload.sub), role: payload.role, exp: Number(payload.exp) };
      this.#known.set(token, claims);
      return claims;
    } catch {
      return undefined;
    }
  }
}

/** Users read their own profile, administrators every one. */
export const mayRead = ({ sub, role }: Claims, userId: string): boolean => role === 'ADMIN' || sub === userId;
