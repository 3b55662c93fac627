import type { MethodDefinition } from '@grpc/grpc-js';
import protobuf from 'protobufjs';

/** `message`: with the property names of protobufjs. */
export const toBytes = (type: protobuf.Type, message: unknown): Buffer =>
  type.encode(message as protobuf.Message).finish() as Buffer;

/** Drops unknown fields. Throws for invalid bytes. */
export function fromBytes(type: protobuf.Type, bytes: Uint8Array): protobuf.Message {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = true;
  return type.decode(reader);
}

const same = (bytes: Buffer): Buffer => bytes;

/** Messages stay bytes: grpc-js answers a throwing deserializer with a bare INTERNAL. */
export const byteMethod = (
  path: string,
  { requestStream = false, responseStream = false } = {},
): MethodDefinition<Buffer, Buffer> => ({
  path,
  requestStream,
  responseStream,
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
});

export const wellKnownPaths = ['any', 'duration', 'timestamp'].map((name) => `google/protobuf/${name}.proto`);

/** protobufjs does not resolve these imports when parsing. */
export function addWellKnown(root: protobuf.Root, paths = wellKnownPaths): protobuf.Root {
  for (const path of paths) root.addJSON(protobuf.common.get(path)?.nested ?? {});
  return root;
}
