import { CommandHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { Clock } from '../../../ports/clock.js';
import { InvalidRefreshToken, RefreshSession } from '../contract/index.js';
import { parseRefreshToken } from '../domain/refresh-token.js';
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
    const session = await this.#renewable(input.refreshToken);
    const credentials = session && (await this.signIns.renew(session));
    if (!credentials) throw new InvalidRefreshToken();
    return credentials;
  }

  /** The session that `token` renews. One that shows a copied token is ended, for holder and thief alike. */
  async #renewable(token: string): Promise<Session | undefined> {
    const given = parseRefreshToken(token);
    const session = given && (await this.sessions.find(given.sessionId));
    const now = this.clock.now();
    if (!session || session.isExpired(now)) return undefined;
    const presented = session.judge(this.refreshTokens.hash(given.secret), now);
    if (presented === 'REPLAYED') await this.signOuts.end(session.id);
    return presented === 'CURRENT' ? session : undefined;
  }
}
