import { wallClock } from '../../contract/wall-clock.js';
import type { TokenIssuer } from '../../platform/security/token-issuer.js';

interface Held {
  readonly bearer: string;
  /** Epoch milliseconds, as the token has it. */
  readonly until: number;
  /** The same in milliseconds of `performance.now()`: the clock may be set back. */
  readonly dueAt: number;
}

/** Clocks differ, and a call takes its time. */
const MARGIN_MS = 10_000;

/** The tokens by which this service shows others who calls. */
export class ServiceCredentials {
  readonly #held = new Map<string, Held>();
  readonly #renewals = new Map<string, Promise<string>>();

  constructor(
    private readonly issuer: TokenIssuer,
    private readonly service: string,
  ) {}

  /** `Bearer …` for `audience`, a service; without a promise while the last one is fresh. */
  bearer(audience: string): string | Promise<string> {
    const held = this.#held.get(audience);
    if (held && held.until > wallClock() && held.dueAt > performance.now()) return held.bearer;
    const renewal = this.#renewals.get(audience) ?? this.#renew(audience);
    this.#renewals.set(audience, renewal);
    return renewal;
  }

  async #renew(audience: string): Promise<string> {
    try {
      const { token, expiresAt } = await this.issuer.issueServiceToken({ service: this.service, audience });
      const bearer = `Bearer ${token}`;
      const until = expiresAt.getTime() - MARGIN_MS;
      this.#held.set(audience, { bearer, until, dueAt: performance.now() + until - wallClock() });
      return bearer;
    } finally {
      this.#renewals.delete(audience);
    }
  }
}
