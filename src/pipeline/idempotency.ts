import type { Issue } from '../contract/failure.js';

/** A command's outcome in JSON wire form; an empty output is `{}`. */
export type CommandOutcome =
  | { readonly value: unknown }
  | { readonly failure: { readonly code: string; readonly detail: string; readonly issues?: readonly Issue[] } };

export interface StoredOutcome {
  readonly fingerprint: string;
  readonly outcome: CommandOutcome;
}

export interface IdempotencySlot {
  /** Tenant, caller and operation. */
  readonly scope: string;
  readonly key: string;
  /** SHA-256 of the input, hexadecimal. */
  readonly fingerprint: string;
  readonly encode: (value: unknown) => unknown;
  /** The stored value; throws the stored failure, or IdempotencyKeyReused for another fingerprint. */
  readonly replay: (stored: StoredOutcome) => unknown;
  /** What the unit of work returned, once it is committed. */
  recorded?: { readonly value: unknown };
}

/** Keys and outcomes, kept 24 hours. */
export abstract class IdempotencyLog {
  abstract find(slot: IdempotencySlot): Promise<StoredOutcome | undefined>;
  /** Inside a transaction: locks the key until its end, then looks. Throws IdempotencyKeyInUse when another one has it. */
  abstract claim(slot: IdempotencySlot): Promise<StoredOutcome | undefined>;
  /** Inside the transaction that claimed the key. */
  abstract record(slot: IdempotencySlot, outcome: CommandOutcome): Promise<void>;
}

/**
 * For adapters of UnitOfWork: `transact` runs its argument in one transaction, perhaps more than once. The key is claimed
 * and the outcome recorded in that same transaction; a key that has an outcome is replayed in place of the work.
 */
export async function transactOnce<T>(
  log: IdempotencyLog,
  slot: IdempotencySlot | undefined,
  work: () => Promise<T>,
  transact: (work: () => Promise<T>) => Promise<T>,
): Promise<T> {
  if (!slot) return transact(work);
  if (slot.recorded) throw new Error(`${slot.scope}: a command has one unit of work, this is a second one`);
  const value = await transact(async () => {
    const stored = await log.claim(slot);
    if (stored) return slot.replay(stored) as T;
    const made = await work();
    await log.record(slot, { value: slot.encode(made) });
    return made;
  });
  slot.recorded = { value };
  return value;
}
