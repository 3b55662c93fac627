import { hash } from 'node:crypto';
import { IdempotencyKeyReused } from '../contract/built-in-failures.js';
import type { FailureClass } from '../contract/failure.js';
import { checkIdempotencyKey, takesIdempotencyKey } from '../contract/idempotency.js';
import { jsonDecoder, jsonEncoder } from '../contract/json-codec.js';
import { perOperation } from '../contract/per-operation.js';
import type { Call } from './call.js';
import type { CommandOutcome, IdempotencySlot } from './idempotency.js';

type StoredFailure = Extract<CommandOutcome, { readonly failure: unknown }>['failure'];

const codecOf = perOperation((operation) => {
  const { input, output } = operation;
  if (!takesIdempotencyKey(operation)) return undefined;
  return {
    encodeInput: jsonEncoder(input),
    encodeOutput: output ? jsonEncoder(output) : () => ({}),
    decodeOutput: output ? jsonDecoder(output) : () => undefined,
  };
});

/** Undefined when the key is absent or ignored. Throws InvalidArgument for an invalid key. */
export function slotFor(
  { operation, context, input, idempotencyKey: key }: Call,
  failures: ReadonlyMap<string, FailureClass>,
): IdempotencySlot | undefined {
  const codec = key === undefined ? undefined : codecOf(operation);
  if (key === undefined || !codec) return undefined;
  checkIdempotencyKey(key);
  const fingerprint = hash('sha256', JSON.stringify(codec.encodeInput(input)));
  return {
    scope: `${context.tenant}/${context.principal.id}/${operation.id}`,
    key,
    fingerprint,
    encode: codec.encodeOutput,
    replay: (stored) => {
      if (stored.fingerprint !== fingerprint) throw new IdempotencyKeyReused();
      // replayed: the first call has read the row filter
      context.rowAccess.consulted = true;
      if ('failure' in stored.outcome) throw revived(stored.outcome.failure, failures);
      return codec.decodeOutput(stored.outcome.value, [], '');
    },
  };
}

function revived({ code, detail, issues }: StoredFailure, failures: ReadonlyMap<string, FailureClass>): Error {
  const Declared = failures.get(code);
  if (!Declared) return new Error(`no operation here declares the stored failure ${code}`);
  return new Declared({ detail, ...(issues && { issues }) });
}
