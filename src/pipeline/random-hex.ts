import { randomFillSync } from 'node:crypto';

const pool = Buffer.allocUnsafe(4_096);
let used = pool.length;

/** So many random bytes as hexadecimal digits, for ids. Fetched in bulk: asking the system costs a microsecond each time. */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
