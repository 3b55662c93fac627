import { type Encode, jsonDecoder, jsonEncoder } from '../contract/json-codec.js';
import { perOperation } from '../contract/per-operation.js';

interface JsonCodec {
  readonly encode: Encode;
  /** Drops fields that a later server version added. Undefined for an empty output. */
  readonly decode: Encode;
}

export const jsonCodec = perOperation<JsonCodec>(({ input, output }) => {
  const decode = output && jsonDecoder(output);
  return { encode: jsonEncoder(input), decode: (value) => decode?.(value, [], '') };
});
