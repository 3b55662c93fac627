import { CommandHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { Clock } from '../../../ports/clock.js';
import { InvalidRefreshToken, RefreshSession } from '../contract/index.js';
import { parseRefreshToken, type RefreshToken } from '../domain/refresh-token.js';
import type { Session } from '../domain/session.js';
import { RefreshTokens } from './refresh-tokens.js';
import { Sessions } from './sessions.js';
import { SignIns } from './sign-ins.js';
import { SignOuts } from './sign-outs.js';

@CommandHandler(RefreshSession)
export class RefreshSessionHandler implements Handles<RefreshSession> {
  constructor(
    private readonly sessions: Sessions,
    private readonly refreshTokens: RefreshTokens,
    private readonly signIns: SignIns,
    private readonly signOuts: SignOuts,
    private readonly clock: Clock,
  ) {}

  async execute({ input }: RefreshSession) {
    const given = parseRefreshToken(input.refreshToken);
    const session = given && (await this.#renewable(given));
    const credentials = session && (await this.signIns.renew(session, given.secret));
    if (!credentials) throw new InvalidRefreshToken();
    return credentials;
  }

  /** A copied token ends the session, for its owner and the thief alike. */
  async #renewable({ sessionId, secret }: RefreshToken): Promise<Session | undefined> {
    const session = await this.sessions.find(sessionId);
    const now = this.clock.now();
    if (!session || session.isExpired(now)) return undefined;
    const presented = session.judge(this.refreshTokens.hash(secret), now);
    if (presented === 'REPLAYED') await this.signOuts.end(session.id);
    return presented === 'CURRENT' ? session : undefined;
  }
}
