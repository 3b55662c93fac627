import type protobuf from 'protobufjs';
import { MalformedRequest } from '../../contract/built-in-failures.js';
import type { Decode } from '../../contract/json-codec.js';
import type { OperationDescriptor } from '../../contract/module.js';
import { validate } from '../../contract/validate.js';
import { messageDecoder, messageEncoder } from './message-codec.js';
import { responseFields, responseName } from './proto-names.js';
import type { ProtoMethodTypes, ProtoSchema } from './proto-schema.js';
import { fromBytes, toBytes } from './protobuf-messages.js';
import { type Convert, fitsWire } from './wire-values.js';

export interface OperationCodec {
  /** Client. Throws InvalidArgument, with issues, for an input that the wire cannot represent. */
  encodeRequest(input: unknown): Buffer;
  /** Server. The payload is a Buffer. Throws MalformedRequest. */
  readonly decodeRequest: Decode;
  encodeResponse(value: unknown): Buffer;
  /** Undefined for an empty output. Throws Error for invalid bytes. */
  decodeResponse(bytes: Uint8Array): unknown;
}

const asIs: Decode = (value) => value;

function requestEncoder(operation: OperationDescriptor, type: protobuf.Type): OperationCodec['encodeRequest'] {
  const fits = fitsWire(operation.input);
  const toMessage = messageEncoder(operation.input)(type);
  return (input) => {
    if (!fits(input)) {
      validate(operation, input, asIs);
      throw new TypeError(`protobuf cannot represent this input of ${operation.id}`);
    }
    return toBytes(type, toMessage(input));
  };
}

function requestDecoder(operation: OperationDescriptor, type: protobuf.Type): Decode {
  const fromMessage = messageDecoder(operation.input)(type);
  return (payload) => {
    let message: unknown;
    try {
      message = fromBytes(type, payload as Buffer);
    } catch (cause) {
      throw new MalformedRequest({ detail: `The request is no ${type.name}`, cause });
    }
    return fromMessage(message);
  };
}

function wrapping({ output }: OperationDescriptor, field: string): [wrap: Convert, unwrap: Convert] {
  if (!output) return [() => ({}), () => undefined];
  if (output.page) return [(value) => value, (value) => value];
  return [(value) => ({ [field]: value }), (value) => (value as Record<string, unknown>)[field]];
}

function compile(operation: OperationDescriptor, { request, response }: ProtoMethodTypes): OperationCodec {
  const fields = responseFields(operation);
  const shape = { type: 'object', name: responseName(operation), fields, oneOf: false, page: false } as const;
  const [wrap, unwrap] = wrapping(operation, fields[0]?.name ?? '');
  const toMessage = messageEncoder(shape)(response);
  const fromMessage = messageDecoder(shape)(response);
  return {
    encodeRequest: requestEncoder(operation, request),
    decodeRequest: requestDecoder(operation, request),
    encodeResponse: (value) => toBytes(response, toMessage(wrap(value))),
    decodeResponse: (bytes) => unwrap(fromMessage(fromBytes(response, bytes))),
  };
}

/** Throws one Error that names every operation that does not fit the `.proto` files, with its first field. */
export function compileCodecs(
  operations: readonly OperationDescriptor[],
  schema: ProtoSchema,
): ReadonlyMap<OperationDescriptor, OperationCodec> {
  const codecs = new Map<OperationDescriptor, OperationCodec>();
  const problems: string[] = [];
  for (const operation of operations) {
    try {
      const types = schema.methodOf(operation);
      if (!types) throw new Error(`${operation.wire.grpc.path} is not there`);
      codecs.set(operation, compile(operation, types));
    } catch (error) {
      problems.push(`${operation.id}: ${(error as Error).message}`);
    }
  }
  if (problems.length > 0) {
    throw new Error(`The .proto files do not match the contracts; run npm run contract:\n  ${problems.join('\n  ')}`);
  }
  return codecs;
}
