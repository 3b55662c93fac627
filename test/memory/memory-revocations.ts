import { wallClock } from '../../src/contract/wall-clock.js';
import { RevocationTable } from '../../src/platform/security/revocation-table.js';
import {
  type RevocableClaims,
  type RevocationEntry,
  type RevocationLog,
  Revocations,
  type RevokedSubject,
} from '../../src/ports/revocations.js';

/** Revocations of this process alone. */
export class MemoryRevocations extends Revocations implements RevocationLog {
  readonly #table: RevocationTable;
  readonly #log: RevocationEntry[] = [];

  /** `now`: epoch milliseconds. */
  constructor(private readonly now: () => number = wallClock) {
    super();
    this.#table = new RevocationTable(now);
  }

  override isRevoked(claims: RevocableClaims): boolean {
    return this.#table.isRevoked(claims);
  }

  override async revoke(subject: RevokedSubject, expiresAt: number): Promise<void> {
    const revokedAt = this.now();
    this.#log.push({ sequence: this.#log.length + 1, subject, revokedAt, expiresAt, isSettled: true });
    this.#table.add(subject, revokedAt, expiresAt);
  }

  async after(sequence: number, limit: number): Promise<readonly RevocationEntry[]> {
    return this.#log
      .filter((entry) => entry.sequence > sequence && entry.expiresAt * 1000 > this.now())
      .slice(0, limit);
  }
}
