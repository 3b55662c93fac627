import { wallClock } from '../../contract/wall-clock.js';
import type { TokenIssuer } from '../../platform/security/token-issuer.js';

interface ServiceToken {
  readonly bearer: string;
  readonly renewAt: number;
  /** By `performance.now()`: the wall clock may be set back. */
  readonly renewAfter: number;
}

const MARGIN_MS = 10_000;

export class ServiceCredentials {
  readonly #tokens = new Map<string, ServiceToken>();
  readonly #renewals = new Map<string, Promise<string>>();

  constructor(
    private readonly issuer: TokenIssuer,
    private readonly service: string,
  ) {}

  /** `Bearer …` for the service `audience`. Returns no promise while the last one is fresh. */
  bearer(audience: string): string | Promise<string> {
    const token = this.#tokens.get(audience);
    if (token && token.renewAt > wallClock() && token.renewAfter > performance.now()) return token.bearer;
    return this.#renewals.getOrInsertComputed(audience, () =>
      this.#renew(audience).finally(() => this.#renewals.delete(audience)),
    );
  }

  async #renew(audience: string): Promise<string> {
    const { token, expiresAt } = await this.issuer.issueServiceToken({ service: this.service, audience });
    const bearer = `Bearer ${token}`;
    const renewAt = expiresAt.getTime() - MARGIN_MS;
    this.#tokens.set(audience, { bearer, renewAt, renewAfter: performance.now() + renewAt - wallClock() });
    return bearer;
  }
}
