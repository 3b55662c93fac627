import { hash } from 'node:crypto';
import { IdempotencyKeyReused } from '../contract/built-in-failures.js';
import type { FailureClass } from '../contract/failure.js';
import { checkIdempotencyKey } from '../contract/idempotency.js';
import { jsonDecoder, jsonEncoder } from '../contract/json-codec.js';
import { perOperation } from '../contract/per-operation.js';
import type { Call } from './call.js';
import type { IdempotentRequest } from './idempotency.js';

const codecOf = perOperation(({ input, output, takesIdempotencyKey }) => {
  if (!takesIdempotencyKey) return undefined;
  return {
    encodeInput: jsonEncoder(input),
    encodeOutput: output ? jsonEncoder(output) : () => ({}),
    decodeOutput: output ? jsonDecoder(output) : () => undefined,
  };
});

/** Undefined when the key is absent or ignored. Throws InvalidArgument for an invalid key. */
export function idempotentRequest(
  { operation, context, input, idempotencyKey: key }: Call,
  failures: ReadonlyMap<string, FailureClass>,
): IdempotentRequest | undefined {
  const codec = key === undefined ? undefined : codecOf(operation);
  if (key === undefined || !codec) return undefined;
  checkIdempotencyKey(key);
  const fingerprint = hash('sha256', JSON.stringify(codec.encodeInput(input)));
  return {
    scope: `${context.tenant}/${context.principal.id}/${operation.id}`,
    key,
    fingerprint,
    encode: codec.encodeOutput,
    replay: ({ fingerprint: earlier, outcome }) => {
      if (earlier !== fingerprint) throw new IdempotencyKeyReused();
      // replayed: the first call has read the row filter
      context.rowAccess.consulted = true;
      if ('value' in outcome) return codec.decodeOutput(outcome.value, [], '');
      const Declared = failures.get(outcome.failure.code);
      if (!Declared) throw new Error(`no operation here declares the stored failure ${outcome.failure.code}`);
      throw new Declared(outcome.failure);
    },
  };
}
