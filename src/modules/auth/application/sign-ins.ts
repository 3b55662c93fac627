import { Injectable } from '@nestjs/common';
import type { OutputOf } from '../../../contract/operation.js';
import { newId, timestampOf } from '../../../contract/values.js';
import { Clock } from '../../../ports/clock.js';
import { AccountDisabled, type Login } from '../contract/index.js';
import type { Account } from '../domain/account.js';
import { formatRefreshToken } from '../domain/refresh-token.js';
import { Session } from '../domain/session.js';
import { AccessTokens } from './access-tokens.js';
import { Accounts } from './accounts.js';
import { AuthSettings } from './auth-settings.js';
import { RefreshTokens } from './refresh-tokens.js';
import { Sessions } from './sessions.js';

type Credentials = OutputOf<Login>;

@Injectable()
export class SignIns {
  constructor(
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly settings: AuthSettings,
    private readonly clock: Clock,
  ) {}

  /** Undefined when the account has been closed. Throws AccountDisabled. */
  async open({ userId, tenantId }: Account): Promise<Credentials | undefined> {
    const { secret, hash } = this.refreshTokens.make();
    const session = Session.open({
      id: newId(),
      tenantId,
      userId,
      tokenHash: hash,
      now: this.clock.now(),
      lifetimeSeconds: this.settings.sessionSeconds,
    });
    await this.sessions.add(session);
    return this.#credentials(session, secret);
  }

  /** Undefined when the session was renewed or ended meanwhile, or its account closed. Throws AccountDisabled. */
  async renew(session: Session, current: string): Promise<Credentials | undefined> {
    const { secret, hash } = this.refreshTokens.make(current);
    const renewed = session.rotate(hash, this.clock.now());
    const first = await this.sessions.replace(renewed, session.tokenHash);
    return first ? this.#credentials(renewed, secret) : undefined;
  }

  /** Reads the account after storing the session: closing an account removes its sessions last. */
  async #credentials({ id: sessionId, userId }: Session, secret: string): Promise<Credentials | undefined> {
    const account = await this.accounts.find(userId);
    if (!account?.isActive || account.disabled) {
      await this.sessions.remove(sessionId);
      if (account?.isActive) throw new AccountDisabled();
      return undefined;
    }
    const { token, expiresAt } = await this.accessTokens.issue({ userId, sessionId, role: account.role });
    return { token, refreshToken: formatRefreshToken({ sessionId, secret }), expiresAt: timestampOf(expiresAt) };
  }
}
