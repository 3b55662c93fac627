import { type Encode, jsonDecoder, jsonEncoder } from '../contract/json-codec.js';
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
  const decode = jsonDecoder(output);
  return (value) => decode(value, [], '');
}

/** Input to JSON and output from it, in wire names. */
export const jsonCodec = perOperation<JsonCodec>((operation) => ({
  encode: explaining(operation, jsonEncoder(operation.input)),
  decode: outputDecoder(operation.output),
}));
