import { sharedPart } from './refresh-token.js';

/** Two tabs may renew at the same time; the second one then sends a token that has just been replaced. */
const OVERLAP_MS = 5_000;

/** SUPERSEDED: replaced within OVERLAP_MS. REPLAYED: older, so it was copied. UNKNOWN: not of this session. */
export type Presented = 'CURRENT' | 'SUPERSEDED' | 'REPLAYED' | 'UNKNOWN';

export interface SessionState {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  /** Of the current refresh token, base64url. Its shared part is constant for the session. */
  readonly tokenHash: string;
  readonly previousTokenHash: string | undefined;
  readonly rotatedAt: Date | undefined;
  /** Not extended by renewals. */
  readonly expiresAt: Date;
  readonly createdAt: Date;
}

export class Session implements SessionState {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly tokenHash: string;
  readonly previousTokenHash: string | undefined;
  readonly rotatedAt: Date | undefined;
  readonly expiresAt: Date;
  readonly createdAt: Date;

  constructor(state: SessionState) {
    this.id = state.id;
    this.tenantId = state.tenantId;
    this.userId = state.userId;
    this.tokenHash = state.tokenHash;
    this.previousTokenHash = state.previousTokenHash;
    this.rotatedAt = state.rotatedAt;
    this.expiresAt = state.expiresAt;
    this.createdAt = state.createdAt;
  }

  static open({
    now,
    lifetimeSeconds,
    ...given
  }: Pick<SessionState, 'id' | 'tenantId' | 'userId' | 'tokenHash'> & {
    readonly now: Date;
    readonly lifetimeSeconds: number;
  }): Session {
    const expiresAt = new Date(now.getTime() + lifetimeSeconds * 1000);
    return new Session({ ...given, previousTokenHash: undefined, rotatedAt: undefined, expiresAt, createdAt: now });
  }

  isExpired(now: Date): boolean {
    return now >= this.expiresAt;
  }

  /** An unknown secret does not end the session: every access token contains its id. */
  judge(tokenHash: string, now: Date): Presented {
    if (tokenHash === this.tokenHash) return 'CURRENT';
    if (sharedPart(tokenHash) !== sharedPart(this.tokenHash)) return 'UNKNOWN';
    const justReplaced = this.rotatedAt !== undefined && now.getTime() - this.rotatedAt.getTime() <= OVERLAP_MS;
    return justReplaced && tokenHash === this.previousTokenHash ? 'SUPERSEDED' : 'REPLAYED';
  }

  rotate(tokenHash: string, now: Date): Session {
    return new Session({ ...this, tokenHash, previousTokenHash: this.tokenHash, rotatedAt: now });
  }
}
