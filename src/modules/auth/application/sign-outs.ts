import { Injectable } from '@nestjs/common';
import { Clock } from '../../../ports/clock.js';
import { Revocations, type RevokedSubject } from '../../../ports/revocations.js';
import { AccessTokens } from './access-tokens.js';
import { Sessions } from './sessions.js';

/** A token that was being issued at the moment of its revocation expires a little later than one issued before. */
const MARGIN_SECONDS = 60;

/** Ends sessions: they are not renewed any more and their access tokens stop working. */
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

  /** For a disabled account: its sessions stay, so that whoever renews one learns why that fails. */
  async suspendAllOf(userId: string): Promise<void> {
    await this.#revokeAll(userId, await this.sessions.idsOf(userId));
  }

  /** Tokens issued up to now, in the unit of work that takes their rights away: no crash comes between. */
  revokeTokensOf(userId: string): Promise<void> {
    return this.#revoke(`user:${userId}`);
  }

  /** Sessions are revoked one by one as well: a renewal under way issues its token after this moment. */
  async #revokeAll(userId: string, sessionIds: readonly string[]): Promise<void> {
    await this.revokeTokensOf(userId);
    for (const sessionId of sessionIds) await this.#revoke(`session:${sessionId}`);
  }

  #revoke(subject: RevokedSubject): Promise<void> {
    const seconds = Math.ceil(this.clock.now().getTime() / 1000) + this.accessTokens.lifetimeSeconds + MARGIN_SECONDS;
    return this.revocations.revoke(subject, seconds);
  }
}
