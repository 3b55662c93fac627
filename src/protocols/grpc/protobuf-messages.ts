import type { MethodDefinition } from '@grpc/grpc-js';
import protobuf from 'protobufjs';

/** `message` has the property names that protobufjs gives the fields of `type`. */
export const toBytes = (type: protobuf.Type, message: unknown): Buffer =>
  type.encode(message as protobuf.Message).finish() as Buffer;

/** Unknown fields are dropped. Throws for bytes that are no such message. */
export function fromBytes(type: protobuf.Type, bytes: Uint8Array): protobuf.Message {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = true;
  return type.decode(reader);
}

const same = (bytes: Buffer): Buffer => bytes;

/** A method whose messages stay bytes: grpc-js answers INTERNAL, without details, where its deserializer throws. */
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

/** Parsing alone does not follow the imports of these files. */
export function addWellKnown(root: protobuf.Root, paths = wellKnownPaths): protobuf.Root {
  for (const path of paths) root.addJSON(protobuf.common.get(path)?.nested ?? {});
  return root;
}
