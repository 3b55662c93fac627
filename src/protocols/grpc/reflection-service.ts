import { type Server, type ServerDuplexStream, status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { DescribedFiles } from './described-files.js';
import { healthProto } from './health-service.js';
import { publicProtos } from './proto-schema.js';
import { byteMethod, fromBytes, toBytes } from './protobuf-messages.js';
import { errorDetailsProto } from './status-details.js';

/** grpc/reflection/v1/reflection.proto of grpc-proto; v1alpha has the same messages. */
export const reflectionProto = `
syntax = "proto3";
package grpc.reflection.v1;
message ServerReflectionRequest {
  string host = 1;
  oneof message_request {
    string file_by_filename = 3;
    string file_containing_symbol = 4;
    ExtensionRequest file_containing_extension = 5;
    string all_extension_numbers_of_type = 6;
    string list_services = 7;
  }
}
message ExtensionRequest { string containing_type = 1; int32 extension_number = 2; }
message ServerReflectionResponse {
  string valid_host = 1;
  ServerReflectionRequest original_request = 2;
  oneof message_response {
    FileDescriptorResponse file_descriptor_response = 4;
    ListServiceResponse list_services_response = 6;
    ErrorResponse error_response = 7;
  }
}
message FileDescriptorResponse { repeated bytes file_descriptor_proto = 1; }
message ListServiceResponse { repeated ServiceResponse service = 1; }
message ServiceResponse { string name = 1; }
message ErrorResponse { int32 error_code = 1; string error_message = 2; }
service ServerReflection {
  rpc ServerReflectionInfo(stream ServerReflectionRequest) returns (stream ServerReflectionResponse);
}
`;

interface ReflectionRequest {
  readonly fileByFilename?: string;
  readonly fileContainingSymbol?: string;
  readonly listServices?: string;
}

/** Property and value of the answer's `message_response`. */
function answerTo(request: ReflectionRequest, files: DescribedFiles): object {
  const { listServices, fileByFilename, fileContainingSymbol = '' } = request;
  if (listServices !== undefined) {
    return { listServicesResponse: { service: files.services.map((name) => ({ name })) } };
  }
  const found = files.withDependencies(fileByFilename ?? files.declaring(fileContainingSymbol) ?? '');
  if (found.length > 0) return { fileDescriptorResponse: { fileDescriptorProto: found } };
  const errorMessage = 'There is no such file, symbol or extension';
  return { errorResponse: { errorCode: status.NOT_FOUND, errorMessage } };
}

function parse(protos: ReadonlyMap<string, string>) {
  const { root } = protobuf.parse(reflectionProto, new protobuf.Root());
  const ours = [...publicProtos(protos)].map(([path, text]) => [path.replace(/^proto\//, ''), text] as const);
  const shown = new Map(ours)
    .set('grpc/health/v1/health.proto', healthProto)
    .set('grpc/reflection/v1/reflection.proto', reflectionProto)
    .set('google/rpc/error_details.proto', errorDetailsProto);
  return {
    files: new DescribedFiles(shown),
    request: root.lookupType('grpc.reflection.v1.ServerReflectionRequest'),
    response: root.lookupType('grpc.reflection.v1.ServerReflectionResponse'),
  };
}

/** v1 and v1alpha, without internal packages. Parses at the first request. */
export function addReflection(server: Server, protos: ReadonlyMap<string, string>): void {
  let parsed: ReturnType<typeof parse> | undefined;
  const serve = (stream: ServerDuplexStream<Buffer, Buffer>) => {
    stream.on('data', (bytes: Buffer) => {
      parsed ??= parse(protos);
      const { files, request, response } = parsed;
      try {
        const originalRequest = fromBytes(request, bytes);
        stream.write(toBytes(response, { originalRequest, ...answerTo(request.toObject(originalRequest), files) }));
      } catch {
        stream.emit('error', { code: status.INVALID_ARGUMENT, details: 'The request is no ServerReflectionRequest' });
      }
    });
    stream.on('end', () => stream.end());
  };
  for (const version of ['v1', 'v1alpha']) {
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    const method = byteMethod(path, { requestStream: true, responseStream: true });
    server.addService({ ServerReflectionInfo: method }, { ServerReflectionInfo: serve });
  }
}
