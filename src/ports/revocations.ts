export type RevokedSubject = `user:${string}` | `session:${string}`;

export interface RevocableClaims {
  /** User id. */
  readonly sub: string;
  /** Session id. */
  readonly sid?: string;
  /** Issued at, epoch seconds. */
  readonly iat: number;
}

/** Access tokens that stopped working before they expired. */
export abstract class Revocations {
  /** From memory, for it is asked on every call; other processes learn within two seconds. */
  abstract isRevoked(claims: RevocableClaims): boolean;
  /** Tokens of `subject` issued up to now; remembered until `expiresAt` (epoch seconds), when the last of them has expired. */
  abstract revoke(subject: RevokedSubject, expiresAt: number): Promise<void>;
}

export interface RevocationEntry {
  /** Ascends; the place in the log. */
  readonly sequence: number;
  readonly subject: RevokedSubject;
  /** Epoch milliseconds. */
  readonly revokedAt: number;
  /** Epoch seconds. */
  readonly expiresAt: number;
  /** None of a lower sequence will appear any more. */
  readonly isSettled: boolean;
}

/** What was revoked and still matters, for those who keep a copy. */
export abstract class RevocationLog {
  /** In order, those after `sequence`. */
  abstract after(sequence: number, limit: number): Promise<readonly RevocationEntry[]>;
}
