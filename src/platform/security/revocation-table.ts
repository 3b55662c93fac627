import { wallClock } from '../../contract/wall-clock.js';
import type { RevocableClaims, RevokedSubject } from '../../ports/revocations.js';

/** Both in epoch milliseconds. */
interface Revocation {
  readonly revokedAt: number;
  readonly expiresAt: number;
}

const SWEEP_EVERY = 256;

export class RevocationTable {
  // two maps by plain id: lookups on the hot path build no key
  readonly #users = new Map<string, Revocation>();
  readonly #sessions = new Map<string, Revocation>();
  #untilSweep = SWEEP_EVERY;

  constructor(private readonly now: () => number = wallClock) {}

  /** A revoked session stays revoked; a user gets valid tokens again. */
  isRevoked({ sub, sid, iat }: RevocableClaims): boolean {
    if (sid !== undefined && this.#sessions.has(sid)) return true;
    const revocation = this.#users.get(sub);
    return revocation !== undefined && iat * 1000 <= revocation.revokedAt;
  }

  /** `revokedAt` in epoch milliseconds, `expiresAt` in epoch seconds. A later revocation replaces an earlier one. */
  add(subject: RevokedSubject, revokedAt: number, expiresAt: number): void {
    const revocations = subject.startsWith('user:') ? this.#users : this.#sessions;
    const id = subject.slice(subject.indexOf(':') + 1);
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
    for (const revocations of [this.#users, this.#sessions]) {
      for (const [id, { expiresAt }] of revocations) if (expiresAt <= now) revocations.delete(id);
    }
  }
}
