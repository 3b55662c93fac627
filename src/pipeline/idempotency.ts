import type { Issue } from '../contract/failure.js';

/** In JSON wire form; an empty output is `{}`. */
export type CommandOutcome =
  | { readonly value: unknown }
  | { readonly failure: { readonly code: string; readonly detail: string; readonly issues?: readonly Issue[] } };

export interface StoredOutcome {
  readonly fingerprint: string;
  readonly outcome: CommandOutcome;
}

export interface IdempotentRequest {
  /** Tenant, caller and operation. */
  readonly scope: string;
  readonly key: string;
  /** SHA-256 of the input, hexadecimal. */
  readonly fingerprint: string;
  readonly encode: (value: unknown) => unknown;
  /** Returns the stored value; throws the stored failure, or IdempotencyKeyReused for another fingerprint. */
  readonly replay: (stored: StoredOutcome) => unknown;
  /** Result of the unit of work, once committed. */
  recorded?: { readonly value: unknown };
}

/** Keys and outcomes, kept 24 hours. */
export abstract class IdempotencyLog {
  abstract find(request: IdempotentRequest): Promise<StoredOutcome | undefined>;
  /** Inside a transaction: locks the key until its end. Throws IdempotencyKeyInUse when another one holds it. */
  abstract claim(request: IdempotentRequest): Promise<StoredOutcome | undefined>;
  abstract record(request: IdempotentRequest, outcome: CommandOutcome): Promise<void>;
}

/** For UnitOfWork: `transact` may run `work` repeatedly. The key is claimed and recorded in the same transaction. */
export async function transactOnce<T>(
  log: IdempotencyLog,
  request: IdempotentRequest | undefined,
  work: () => Promise<T>,
  transact: (work: () => Promise<T>) => Promise<T>,
): Promise<T> {
  if (!request) return transact(work);
  if (request.recorded) throw new Error(`${request.scope}: a command has one unit of work, this is a second one`);
  const value = await transact(async () => {
    const stored = await log.claim(request);
    if (stored) return request.replay(stored) as T;
    const made = await work();
    await log.record(request, { value: request.encode(made) });
    return made;
  });
  request.recorded = { value };
  return value;
}
