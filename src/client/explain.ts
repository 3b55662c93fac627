import type { Encode } from '../contract/json-codec.js';
import type { OperationDescriptor } from '../contract/module.js';
import { validate } from '../contract/validate.js';

/** For an input that a wire has no form for. Throws InvalidArgument with the issues that every other protocol has; nothing for a valid one. */
export function explain(operation: OperationDescriptor, input: object): void {
  validate(operation, input, (given) => given);
}

/** Encoders expect what TypeScript promises; callers in JavaScript break promises. */
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
