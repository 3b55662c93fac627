import { Injectable } from '@nestjs/common';
import { Clock } from '../../../ports/clock.js';
import { Revocations, type RevokedSubject } from '../../../ports/revocations.js';
import { AccessTokens } from './access-tokens.js';
import { Sessions } from './sessions.js';

/** A token that is being issued during its revocation expires a little later than older ones. */
const MARGIN_SECONDS = 60;

/** Ends sessions: no more renewals, and their access tokens become invalid. */
@Injectable()
export class SignOuts {
  constructor(
    private readonly sessions: Sessions,
    private readonly revocations: Revocations,
    private readonly accessTokens: AccessTokens,
    private readonly clock: Clock,
  ) {}

  async end(sessionId: string): Promise<void> {
    await this.sessions.remove(sessionId);
    await this.#revoke(`session:${sessionId}`);
  }

  async endAllOf(userId: string): Promise<void> {
    await this.#revokeAll(userId, await this.sessions.removeAllOf(userId));
  }

  /** For disabled accounts: sessions stay, so that a renewal fails with the reason. */
  async suspendAllOf(userId: string): Promise<void> {
    await this.#revokeAll(userId, await this.sessions.idsOf(userId));
  }

  /** In the unit of work that removes the rights, so that a crash cannot separate the two. */
  revokeTokensOf(userId: string): Promise<void> {
    return this.#revoke(`user:${userId}`);
  }

  /** Sessions are revoked one by one too: a running renewal issues its token later than this. */
  async #revokeAll(userId: string, sessionIds: readonly string[]): Promise<void> {
    await this.revokeTokensOf(userId);
    for (const sessionId of sessionIds) await this.#revoke(`session:${sessionId}`);
  }

  #revoke(subject: RevokedSubject): Promise<void> {
    const seconds = Math.ceil(this.clock.now().getTime() / 1000) + this.accessTokens.lifetimeSeconds + MARGIN_SECONDS;
    return this.revocations.revoke(subject, seconds);
  }
}
