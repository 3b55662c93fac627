import { type Encode, jsonDecoder, jsonEncoder } from '../contract/json-codec.js';
import type { OperationDescriptor } from '../contract/module.js';
import { perOperation } from '../contract/per-operation.js';
import { validate } from '../contract/validate.js';

interface JsonCodec {
  /** Throws InvalidArgument for an input of the wrong structure. */
  readonly encode: (input: object) => unknown;
  /** Leaves out fields that a later version of the server has added. Undefined for an empty output. */
  readonly decode: Encode;
}

/** Throws InvalidArgument for an invalid input, and returns for a valid one. */
export function explain(operation: OperationDescriptor, input: object): void {
  validate(operation, input, (given) => given);
}

/** Encoders expect what TypeScript promises; callers in JavaScript pass anything. */
export function explaining(operation: OperationDescriptor, encode: Encode): (input: object) => unknown {
  return (input) => {
    try {
      return encode(input);
    } catch (error) {
      explain(operation, input);
      throw error;
    }
  };
}

export const jsonCodec = perOperation<JsonCodec>((operation) => {
  const { input, output } = operation;
  const decode = output && jsonDecoder(output);
  return {
    encode: explaining(operation, jsonEncoder(input)),
    decode: (value) => decode?.(value, [], ''),
  };
});
