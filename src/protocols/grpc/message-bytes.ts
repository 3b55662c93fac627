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
