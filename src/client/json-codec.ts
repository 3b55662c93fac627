import { type Encode, jsonDecoder, jsonEncoder } from '../contract/json-codec.js';
import { perOperation } from '../contract/per-operation.js';

interface JsonCodec {
  readonly encode: Encode;
  /** Leaves out fields that a later version of the server has added. Undefined for an empty output. */
  readonly decode: Encode;
}

export const jsonCodec = perOperation<JsonCodec>(({ input, output }) => {
  const decode = output && jsonDecoder(output);
  return { encode: jsonEncoder(input), decode: (value) => decode?.(value, [], '') };
});
