import { type Encode, objectDecoder, objectEncoder } from '../contract/json-codec.js';
import type { ObjectShape } from '../contract/shape.js';
import { perOperation } from './per-operation.js';

interface JsonCodec {
  readonly encode: Encode;
  /** Leaves out what a later version of the other end has added. Undefined for an empty output. */
  readonly decode: Encode;
}

export function outputDecoder(output: ObjectShape | undefined): Encode {
  if (!output) return () => undefined;
  const decode = objectDecoder(output);
  return (value) => decode(value, [], '');
}

/** Input to JSON and output from it, in wire names. */
export const jsonCodec = perOperation<JsonCodec>(({ input, output }) => ({
  encode: objectEncoder(input),
  decode: outputDecoder(output),
}));
