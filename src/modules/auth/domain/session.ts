import { sharedPart } from './refresh-token.js';

/** Two tabs may renew at the same time; the later one then shows a token that has just been replaced. */
const OVERLAP_MS = 5_000;

/**
 * How a refresh token stands to its session: the one that renews it, the one before it and replaced a moment ago, an
 * older one that somebody must have copied, or one that never was any.
 */
export type Presented = 'CURRENT' | 'SUPERSEDED' | 'REPLAYED' | 'UNKNOWN';

export interface SessionState {
  readonly id: string;
  /** Organization id. */
  readonly tenantId: string;
  readonly userId: string;
  /** Of the secret of the refresh token that renews it, base64url; its shared part is that of all there were. */
  readonly tokenHash: string;
  readonly previousTokenHash: string | undefined;
  readonly rotatedAt: Date | undefined;
  /** However often it is renewed. */
  readonly expiresAt: Date;
  readonly createdAt: Date;
}

/** A sign-in on one device. Immutable: a change gives another one. */
export class Session implements SessionState {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly tokenHash: string;
  readonly previousTokenHash: string | undefined;
  readonly rotatedAt: Date | undefined;
  readonly expiresAt: Date;
  readonly createdAt: Date;

  /** From the state it was stored with. */
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

  /** To know the id of the session is not enough to end it: every access token names it. */
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
