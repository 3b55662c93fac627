import { type Decode, type Encode, jsonDecoder, jsonEncoder } from '../../contract/json-codec.js';
import type { OperationDescriptor, WireNames } from '../../contract/module.js';

export interface Procedure {
  readonly operation: OperationDescriptor;
  readonly decode: Decode;
  /** `{}` for an empty output. */
  readonly encode: Encode;
}

const nothing: Encode = () => ({});

export const procedures = (
  operations: readonly OperationDescriptor[],
  nameOf: (wire: WireNames) => string,
): ReadonlyMap<string, Procedure> =>
  new Map(
    operations.map((operation) => [
      nameOf(operation.wire),
      {
        operation,
        decode: jsonDecoder(operation.input),
        encode: operation.output ? jsonEncoder(operation.output) : nothing,
      },
    ]),
  );
