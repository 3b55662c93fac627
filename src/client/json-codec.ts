import { type Encode, objectDecoder, objectEncoder } from '../contract/json-codec.js';
import { perOperation } from '../contract/per-operation.js';
import type { ObjectShape } from '../contract/shape.js';
import { explaining } from './explain.js';

interface JsonCodec {
  /** Throws InvalidArgument for an input that is not even of the right structure. */
  readonly encode: (input: object) => unknown;
  /** Leaves out what a later version of the other end has added. Undefined for an empty output. */
  readonly decode: Encode;
}

function outputDecoder(output: ObjectShape | undefined): Encode {
  if (!output) return () => undefined;
  const decode = objectDecoder(output);
  return (value) => decode(value, [], '');
}

/** Input to JSON and output from it, in wire names. */
export const jsonCodec = perOperation<JsonCodec>((operation) => ({
  encode: explaining(operation, objectEncoder(operation.input)),
  decode: outputDecoder(operation.output),
}));
