import { argon2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

export interface Argon2idHash {
  readonly algorithm: 'argon2id';
  readonly memoryKib: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly digest: Buffer;
}

export interface ScryptHash {
  readonly algorithm: 'scrypt';
  readonly logCost: number;
  readonly blockSize: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly digest: Buffer;
}

export type PasswordHash = Argon2idHash | ScryptHash;

const argon2idPattern = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const scryptPattern = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** PHC strings: `$argon2id$v=19$m=19456,t=2,p=1$salt$digest` and `$scrypt$ln=15,r=8,p=1$salt$digest`. */
export function parsePasswordHash(stored: string): PasswordHash {
  const [, memory, passes, lanes, salt, digest] = argon2idPattern.exec(stored) ?? [];
  if (salt !== undefined && digest !== undefined) {
    const costs = { memoryKib: Number(memory), passes: Number(passes), parallelism: Number(lanes) };
    return { algorithm: 'argon2id', ...costs, salt: decode(salt), digest: decode(digest) };
  }
  const [, logCost, blockSize, parallelism, scryptSalt, scryptDigest] = scryptPattern.exec(stored) ?? [];
  if (scryptSalt !== undefined && scryptDigest !== undefined) {
    const costs = { logCost: Number(logCost), blockSize: Number(blockSize), parallelism: Number(parallelism) };
    return { algorithm: 'scrypt', ...costs, salt: decode(scryptSalt), digest: decode(scryptDigest) };
  }
  throw new Error('a stored password hash is neither argon2id nor scrypt in PHC format');
}

export function formatPasswordHash({ memoryKib, passes, parallelism, salt, digest }: Argon2idHash): string {
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$${encode(salt)}$${encode(digest)}`;
}

const decode = (base64: string) => Buffer.from(base64, 'base64');
const encode = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');

const argon2Async = promisify(argon2);
const scryptAsync = promisify<Buffer, Buffer, number, object, Buffer>(scrypt);

/** The digest that `password` has under the salt and the costs of `hash`, computed in the thread pool. */
export function digestOf(password: Buffer, hash: PasswordHash): Promise<Buffer> {
  if (hash.algorithm === 'argon2id') {
    return argon2Async('argon2id', {
      message: password,
      nonce: hash.salt,
      memory: hash.memoryKib,
      passes: hash.passes,
      parallelism: hash.parallelism,
      tagLength: hash.digest.length,
    });
  }
  const { logCost, blockSize, parallelism } = hash;
  const cost = 2 ** logCost;
  const maxmem = 256 * cost * blockSize;
  return scryptAsync(password, hash.salt, hash.digest.length, {
    cost,
    blockSize,
    parallelization: parallelism,
    maxmem,
  });
}

export const sameDigest = (one: Buffer, other: Buffer) => one.length === other.length && timingSafeEqual(one, other);
