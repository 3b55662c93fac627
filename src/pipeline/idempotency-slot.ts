/** One caller's use of a key for one command. */
export interface IdempotencySlot {
  /** Tenant, caller and operation. */
  readonly scope: string;
  readonly key: string;
  /** SHA-256 of the input, hexadecimal: the same key with another input is a mistake. */
  readonly fingerprint: string;
  readonly encode: (value: unknown) => unknown;
  /** What the unit of work returned, once it is recorded. */
  recorded?: { readonly value: unknown };
}
