import { randomBytes } from 'node:crypto';
import { BoundedQueue } from './bounded-queue.js';
import {
  type Argon2idHash,
  digestOf,
  formatPasswordHash,
  type PasswordHash,
  parsePasswordHash,
  sameDigest,
} from './password-hash.js';

export interface PasswordVerdict {
  readonly valid: boolean;
  /** The password should be hashed anew: other costs or another algorithm than today's. */
  readonly outdated: boolean;
}

/** Least costs for argon2id of the OWASP Password Storage Cheat Sheet. */
const COSTS = { memoryKib: 19_456, passes: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const DIGEST_BYTES = 32;
/** Above what the password policy admits: 128 characters of up to four bytes. */
const MAX_PASSWORD_BYTES = 512;

/** Hashes and verifies passwords, so many at a time. Throws ServiceUnavailable when too many wait. */
export class Argon2PasswordHasher {
  readonly #queue: BoundedQueue;

  constructor({ concurrency, queueLength }: { readonly concurrency: number; readonly queueLength: number }) {
    this.#queue = new BoundedQueue(concurrency, queueLength);
  }

  /** A PHC string. Throws RangeError for a password longer than any policy admits. */
  async hash(password: string): Promise<string> {
    const message = passwordBytes(password);
    if (message === undefined) throw new RangeError(`a password has at most ${MAX_PASSWORD_BYTES} bytes`);
    const hash = freshHash();
    const digest = await this.#queue.run(() => digestOf(message, hash));
    return formatPasswordHash({ ...hash, digest });
  }

  async verify(password: string, stored: string): Promise<PasswordVerdict> {
    const hash = parsePasswordHash(stored);
    const valid = await this.#matches(password, hash);
    return { valid, outdated: !hasCurrentCosts(hash) };
  }

  /** Costs what `verify` costs, so that an address without an account takes as long as one with. */
  async verifyDummy(password: string): Promise<void> {
    await this.#matches(password, freshHash());
  }

  async #matches(password: string, hash: PasswordHash): Promise<boolean> {
    const message = passwordBytes(password);
    if (message === undefined) return false;
    return sameDigest(await this.#queue.run(() => digestOf(message, hash)), hash.digest);
  }
}

function freshHash(): Argon2idHash {
  return { algorithm: 'argon2id', ...COSTS, salt: randomBytes(SALT_BYTES), digest: Buffer.alloc(DIGEST_BYTES) };
}

/** Composed, so that the same characters typed on another system match (NIST SP 800-63B 3.1.1.2). */
function passwordBytes(password: string): Buffer | undefined {
  if (password.length > MAX_PASSWORD_BYTES) return undefined;
  const bytes = Buffer.from(password.normalize('NFC'));
  return bytes.length > MAX_PASSWORD_BYTES ? undefined : bytes;
}

function hasCurrentCosts(hash: PasswordHash): boolean {
  if (hash.algorithm !== 'argon2id' || hash.digest.length !== DIGEST_BYTES) return false;
  const { memoryKib, passes, parallelism } = COSTS;
  return hash.memoryKib === memoryKib && hash.passes === passes && hash.parallelism === parallelism;
}
