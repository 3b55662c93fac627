export type RevokedSubject = `user:${string}` | `session:${string}`;

export interface RevocableClaims {
  readonly sub: string;
  readonly sid?: string;
  /** Epoch seconds. */
  readonly iat: number;
}

export abstract class Revocations {
  /** From memory; other processes learn within two seconds. */
  abstract isRevoked(claims: RevocableClaims): boolean;
  /** Of tokens issued up to now. `expiresAt`, epoch seconds: when the last of them has expired. */
  abstract revoke(subject: RevokedSubject, expiresAt: number): Promise<void>;
}

/** `revokedAt` in epoch milliseconds, `expiresAt` in epoch seconds. */
export interface RevocationEntry {
  readonly sequence: number;
  readonly subject: RevokedSubject;
  readonly revokedAt: number;
  readonly expiresAt: number;
  /** No entry of a lower sequence will follow. */
  readonly isSettled: boolean;
}

export abstract class RevocationLog {
  /** In order, those after `sequence`. */
  abstract after(sequence: number, limit: number): Promise<readonly RevocationEntry[]>;
}
