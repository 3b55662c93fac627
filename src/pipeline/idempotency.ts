import { hash } from 'node:crypto';
import { IdempotencyKeyReused } from '../contract/built-in-failures.js';
import type { Failure, FailureClass, Issue } from '../contract/failure.js';
import { checkIdempotencyKey, takesIdempotencyKey } from '../contract/idempotency.js';
import { type Decode, type Encode, jsonDecoder, jsonEncoder } from '../contract/json-codec.js';
import type { OperationDescriptor } from '../contract/module.js';
import type { Call } from './call.js';
import type { IdempotencySlot } from './idempotency-slot.js';

/** What a command answered, in JSON wire form; an empty output is `{}`. */
export type CommandOutcome =
  | { readonly value: unknown }
  | { readonly failure: { readonly code: string; readonly detail: string; readonly issues?: readonly Issue[] } };

export interface StoredOutcome {
  readonly fingerprint: string;
  readonly outcome: CommandOutcome;
}

/** Keys and outcomes, kept 24 hours. */
export abstract class IdempotencyLog {
  /** Outside any transaction: a repeated request costs one look-up. */
  abstract find(slot: IdempotencySlot): Promise<StoredOutcome | undefined>;
  /**
   * Inside the transaction: locks the key until its end, then looks. Throws IdempotencyKeyInUse at once when another
   * transaction has it.
   */
  abstract claim(slot: IdempotencySlot): Promise<StoredOutcome | undefined>;
  /** Inside the transaction that claimed the key. */
  abstract record(slot: IdempotencySlot, outcome: CommandOutcome): Promise<void>;
}

/** Passes through a handler to roll its transaction back: the command has been done before. */
export class AlreadyDone extends Error {
  constructor(readonly stored: StoredOutcome) {
    super('the command with this idempotency key has been done before');
  }
}

/**
 * For adapters of UnitOfWork: `transact` runs what it is given in one transaction, perhaps more than once. The key is
 * claimed and the outcome recorded in that same transaction.
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
    if (stored) throw new AlreadyDone(stored);
    const made = await work();
    await log.record(slot, { value: slot.encode(made) });
    return made;
  });
  slot.recorded = { value };
  return value;
}

interface IdempotencyCodec {
  readonly encodeInput: Encode;
  readonly encodeOutput: Encode;
  readonly decodeOutput: Decode;
}

const codecs = new WeakMap<OperationDescriptor, IdempotencyCodec | false>();

/** False where keys are ignored. */
function codecFor(operation: OperationDescriptor): IdempotencyCodec | false {
  let codec = codecs.get(operation);
  if (codec === undefined) {
    const { input, output } = operation;
    codec = takesIdempotencyKey(operation) && {
      encodeInput: jsonEncoder(input),
      encodeOutput: output ? jsonEncoder(output) : () => ({}),
      decodeOutput: output ? jsonDecoder(output) : () => undefined,
    };
    codecs.set(operation, codec);
  }
  return codec;
}

/** Undefined without a key, or when the operation ignores keys. Throws InvalidArgument for an unusable key. */
export function slotFor({ operation, context, input, idempotencyKey: key }: Call): IdempotencySlot | undefined {
  const codec = key !== undefined && codecFor(operation);
  if (!codec) return undefined;
  checkIdempotencyKey(key);
  return {
    scope: `${context.tenant}/${context.principal.id}/${operation.id}`,
    key,
    fingerprint: hash('sha256', JSON.stringify(codec.encodeInput(input))),
    encode: codec.encodeOutput,
  };
}

/** The stored outcome as the command gave it: returns its value or throws its failure. */
export function replay(
  operation: OperationDescriptor,
  slot: IdempotencySlot,
  { fingerprint, outcome }: StoredOutcome,
  failures: ReadonlyMap<string, FailureClass>,
): unknown {
  if (fingerprint !== slot.fingerprint) throw new IdempotencyKeyReused();
  if ('failure' in outcome) throw revive(outcome.failure, failures);
  const codec = codecFor(operation);
  return codec ? codec.decodeOutput(outcome.value, [], '') : undefined;
}

function revive(
  { code, detail, issues }: { code: string; detail: string; issues?: readonly Issue[] },
  failures: ReadonlyMap<string, FailureClass>,
): Failure {
  const Declared = failures.get(code);
  if (!Declared) throw new Error(`no operation here declares the stored failure ${code}`);
  return new Declared({ detail, ...(issues && { issues }) });
}
