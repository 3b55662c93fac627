import { type Server, type ServerDuplexStream, status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { DescribedFiles } from './described-files.js';
import { byteMethod, fromBytes, toBytes } from './protobuf-messages.js';

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
  readonly host?: string;
  readonly fileByFilename?: string;
  readonly fileContainingSymbol?: string;
  readonly listServices?: string;
}

type Answer =
  | { readonly fileDescriptorResponse: { readonly fileDescriptorProto: readonly Uint8Array[] } }
  | { readonly listServicesResponse: { readonly service: readonly { readonly name: string }[] } }
  | { readonly errorResponse: { readonly errorCode: number; readonly errorMessage: string } };

const failed = (errorCode: number, errorMessage: string): Answer => ({ errorResponse: { errorCode, errorMessage } });

/** v1 and v1alpha. Parses at the first request. */
export class ReflectionService {
  #parsed: { files: DescribedFiles; request: protobuf.Type; response: protobuf.Type } | undefined;

  constructor(private readonly protos: () => ReadonlyMap<string, string>) {}

  addTo(server: Server): void {
    for (const version of ['v1', 'v1alpha']) {
      const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
      server.addService(
        { ServerReflectionInfo: byteMethod(path, { requestStream: true, responseStream: true }) },
        { ServerReflectionInfo: (stream: ServerDuplexStream<Buffer, Buffer>) => this.#serve(stream) },
      );
    }
  }

  #serve(stream: ServerDuplexStream<Buffer, Buffer>): void {
    stream.on('data', (bytes: Buffer) => {
      this.#parsed ??= this.#parse();
      const { files, request, response } = this.#parsed;
      try {
        const originalRequest = fromBytes(request, bytes);
        const answer = answerTo(request.toObject(originalRequest), files);
        stream.write(toBytes(response, { originalRequest, ...answer }));
      } catch {
        stream.emit('error', { code: status.INVALID_ARGUMENT, details: 'The request is no ServerReflectionRequest' });
      }
    });
    stream.on('end', () => stream.end());
  }

  #parse() {
    const { root } = protobuf.parse(reflectionProto, new protobuf.Root());
    return {
      files: new DescribedFiles(new Map(this.protos()).set('grpc/reflection/v1/reflection.proto', reflectionProto)),
      request: root.lookupType('grpc.reflection.v1.ServerReflectionRequest'),
      response: root.lookupType('grpc.reflection.v1.ServerReflectionResponse'),
    };
  }
}

function answerTo(
  { listServices, fileByFilename, fileContainingSymbol }: ReflectionRequest,
  files: DescribedFiles,
): Answer {
  if (listServices !== undefined) {
    return { listServicesResponse: { service: files.services.map((name) => ({ name })) } };
  }
  const name = fileByFilename ?? files.declaring(fileContainingSymbol ?? '');
  const found = name === undefined ? [] : files.withDependencies(name);
  if (found.length === 0) return failed(status.NOT_FOUND, 'There is no such file, symbol or extension');
  return { fileDescriptorResponse: { fileDescriptorProto: found } };
}
