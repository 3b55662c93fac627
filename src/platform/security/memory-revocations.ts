import { wallClock } from '../../contract/wall-clock.js';
import {
  type RevocableClaims,
  type RevocationEntry,
  type RevocationLog,
  Revocations,
  type RevokedSubject,
} from '../../ports/revocations.js';

/** Both in epoch milliseconds. */
interface Revocation {
  readonly revokedAt: number;
  readonly expiresAt: number;
}

const SWEEP_EVERY = 256;

/** Revocations of this process alone; also the look-up table of adapters that store them. */
export class MemoryRevocations extends Revocations implements RevocationLog {
  // Apart and by bare id: the hot path looks both up without making a string.
  readonly #users = new Map<string, Revocation>();
  readonly #sessions = new Map<string, Revocation>();
  #log: RevocationEntry[] = [];
  #sequence = 0;
  #untilSweep = SWEEP_EVERY;

  /** `now`: epoch milliseconds. */
  constructor(private readonly now: () => number = wallClock) {
    super();
  }

  /** A session never comes back; a user does, with tokens issued later. */
  override isRevoked({ sub, sid, iat }: RevocableClaims): boolean {
    if (sid !== undefined && this.#sessions.has(sid)) return true;
    const revocation = this.#users.get(sub);
    return revocation !== undefined && iat * 1000 <= revocation.revokedAt;
  }

  override async revoke(subject: RevokedSubject, expiresAt: number): Promise<void> {
    const revokedAt = this.now();
    this.#log.push({ sequence: ++this.#sequence, subject, revokedAt, expiresAt, isSettled: true });
    this.learn(subject, revokedAt, expiresAt);
  }

  async after(sequence: number, limit: number): Promise<readonly RevocationEntry[]> {
    return this.#log.filter((entry) => entry.sequence > sequence).slice(0, limit);
  }

  /** `revokedAt` in epoch milliseconds, `expiresAt` in epoch seconds. A later revocation stands over an earlier one. */
  learn(subject: RevokedSubject, revokedAt: number, expiresAt: number): void {
    const separator = subject.indexOf(':');
    const revocations = subject.startsWith('user:') ? this.#users : this.#sessions;
    const id = subject.slice(separator + 1);
    const known = revocations.get(id);
    revocations.set(id, {
      revokedAt: Math.max(revokedAt, known?.revokedAt ?? 0),
      expiresAt: Math.max(expiresAt * 1000, known?.expiresAt ?? 0),
    });
    this.#untilSweep--;
    if (this.#untilSweep === 0) this.#sweep();
  }

  #sweep(): void {
    this.#untilSweep = SWEEP_EVERY;
    const now = this.now();
    this.#log = this.#log.filter(({ expiresAt }) => expiresAt * 1000 > now);
    for (const revocations of [this.#users, this.#sessions]) {
      for (const [id, { expiresAt }] of revocations) if (expiresAt <= now) revocations.delete(id);
    }
  }
}
