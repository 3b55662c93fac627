import { InvalidArgument } from './built-in-failures.js';
import { fold } from './shape.js';

export const holdsSecret = fold<boolean>({
  leaf: () => false,
  list: (item) => item,
  map: (value) => value,
  object: (fields) => fields.some(({ secret, inner }) => secret || inner),
});

/** Throws InvalidArgument for a key that some protocol cannot transport. */
export function checkIdempotencyKey(key: string): void {
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw new InvalidArgument({ detail: 'An idempotency key has 1 to 255 printable ASCII characters' });
  }
}
