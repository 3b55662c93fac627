import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Semaphore } from '../schedule/semaphore.js';

/** Minimum for argon2id of the OWASP Password Storage Cheat Sheet. */
const COSTS = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const PREFIX = `$argon2id$v=19$m=${COSTS.memory},t=${COSTS.passes},p=${COSTS.parallelism}$`;
const SALT_BYTES = 16;
const DIGEST_BYTES = 32;
/** More than the password policy allows: 128 characters of four bytes. */
const MAX_PASSWORD_BYTES = 512;

interface Argon2idHash {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly digest: Buffer;
}

/** In the thread pool, `concurrency` at a time. Throws ServiceUnavailable when too many wait. */
export class Argon2PasswordHasher {
  readonly #queue: Semaphore;

  constructor({ concurrency, queueLength }: { readonly concurrency: number; readonly queueLength: number }) {
    this.#queue = new Semaphore(concurrency, queueLength);
  }

  /** PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$digest`. Throws RangeError for a password that is too long. */
  async hash(password: string): Promise<string> {
    const message = passwordBytes(password);
    if (message === undefined) throw new RangeError(`a password has at most ${MAX_PASSWORD_BYTES} bytes`);
    const hash = freshHash();
    const digest = await this.#queue.run(() => digestOf(message, hash));
    return `${PREFIX}${base64(hash.salt)}$${base64(digest)}`;
  }

  async verify(password: string, stored: string): Promise<{ readonly valid: boolean; readonly outdated: boolean }> {
    const hash = parseHash(stored);
    const valid = await this.#matches(password, hash);
    return { valid, outdated: !stored.startsWith(PREFIX) || hash.digest.length !== DIGEST_BYTES };
  }

  async verifyDummy(password: string): Promise<void> {
    await this.#matches(password, freshHash());
  }

  async #matches(password: string, hash: Argon2idHash): Promise<boolean> {
    const message = passwordBytes(password);
    if (message === undefined) return false;
    return timingSafeEqual(await this.#queue.run(() => digestOf(message, hash)), hash.digest);
  }
}

const freshHash = (): Argon2idHash => ({
  ...COSTS,
  salt: randomBytes(SALT_BYTES),
  digest: Buffer.alloc(DIGEST_BYTES),
});

/** Composed, so that the same characters typed on another system match (NIST SP 800-63B 3.1.1.2). */
function passwordBytes(password: string): Buffer | undefined {
  if (password.length > MAX_PASSWORD_BYTES) return undefined;
  const bytes = Buffer.from(password.normalize('NFC'));
  return bytes.length > MAX_PASSWORD_BYTES ? undefined : bytes;
}

const phcPattern = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function parseHash(stored: string): Argon2idHash {
  const [, memory, passes, parallelism, salt = '', digest = ''] = phcPattern.exec(stored) ?? [];
  if (memory === undefined) throw new Error('a stored password hash is not argon2id in PHC format');
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    digest: Buffer.from(digest, 'base64'),
  };
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

const argon2Async = promisify(argon2);

const digestOf = (password: Buffer, { salt, digest, ...costs }: Argon2idHash): Promise<Buffer> =>
  argon2Async('argon2id', { ...costs, message: password, nonce: salt, tagLength: digest.length });
