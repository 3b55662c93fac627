import type { ClientDuplexStream } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { FileDescriptorProto, FileDescriptorSet } from 'protobufjs/ext/descriptor.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reflectionProto } from '../../../src/protocols/grpc/reflection-service.js';
import { SpecimenGrpc, statusOf } from './specimen-grpc.js';

const { root } = protobuf.parse(reflectionProto, new protobuf.Root());
const Request = root.lookupType('grpc.reflection.v1.ServerReflectionRequest');
const Response = root.lookupType('grpc.reflection.v1.ServerReflectionResponse');

interface ReflectionAnswer {
  readonly originalRequest: object;
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Uint8Array[] };
  readonly errorResponse?: { readonly errorCode: number };
}

const same = (bytes: Buffer): Buffer => bytes;
let grpc: SpecimenGrpc;
beforeAll(async () => {
  grpc = await SpecimenGrpc.start();
});
afterAll(() => grpc.stop());

const open = (version: string): ClientDuplexStream<Buffer, Buffer> =>
  grpc.client.makeBidiStreamRequest(`/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`, same, same);

function ask(question: object, version = 'v1'): Promise<ReflectionAnswer> {
  return new Promise((resolve, reject) => {
    const stream = open(version);
    let answer: ReflectionAnswer | undefined;
    stream.on('data', (bytes: Buffer) => {
      answer = Response.toObject(Response.decode(bytes)) as ReflectionAnswer;
    });
    stream.on('error', reject);
    stream.on('end', () => (answer ? resolve(answer) : reject(new Error('no answer'))));
    stream.write(Buffer.from(Request.encode(Request.fromObject(question)).finish()));
    stream.end();
  });
}

const files = async (question: object) =>
  (await ask(question)).fileDescriptorResponse?.fileDescriptorProto.map(
    (bytes) =>
      FileDescriptorProto.toObject(FileDescriptorProto.decode(bytes)) as { name: string; dependency?: string[] },
  ) ?? [];

describe('server reflection', () => {
  it.each(['v1', 'v1alpha'])('lists the public services over %s, never internal ones', async (version) => {
    const { listServicesResponse } = await ask({ listServices: '' }, version);
    expect(listServicesResponse?.service.map(({ name }) => name).sort()).toEqual([
      'grpc.health.v1.Health',
      'grpc.reflection.v1.ServerReflection',
      'specimens.v1.SpecimensService',
      'specimens.v2.SpecimensService',
    ]);
  });

  it.each([
    'specimens.v1.SpecimensService',
    'specimens.v1.SpecimensService.EchoSpecimen',
    'specimens.v1.Specimen',
    'specimens.v1.Colour',
  ])('gives the file of %s with all that it imports', async (symbol) => {
    const found = await files({ fileContainingSymbol: symbol });
    expect(found.map(({ name }) => name)).toEqual([
      'specimens/v1/specimens.proto',
      'google/protobuf/timestamp.proto',
      'values/v1/values.proto',
    ]);
    expect(found[0]?.dependency).toEqual(['google/protobuf/timestamp.proto', 'values/v1/values.proto']);
  });

  it('gives a file by its name, from which the types can be built again', async () => {
    const { fileDescriptorResponse } = await ask({ fileByFilename: 'specimens/v1/specimens.proto' });
    const file = fileDescriptorResponse?.fileDescriptorProto.map((bytes) => FileDescriptorProto.decode(bytes)) ?? [];
    const rebuilt = protobuf.Root.fromDescriptor(FileDescriptorSet.create({ file }) as never);
    const Specimen = rebuilt.lookupType('specimens.v1.Specimen');
    expect(Specimen.fields.maybeSmall?.hasPresence).toBeTruthy();
    expect(Specimen.fields.price?.resolve().resolvedType?.fullName).toBe('.values.v1.Money');
  });

  it('names map entries as protoc does, which other readers insist on', async () => {
    const [file] = await files({ fileContainingSymbol: 'specimens.v1.Specimen' });
    const { messageType } = file as { messageType?: { name: string; nestedType?: { name: string }[] }[] };
    const entries = messageType?.find(({ name }) => name === 'Specimen')?.nestedType?.map(({ name }) => name);
    expect(entries).toEqual(['CountsEntry', 'PlacesEntry']);
  });

  it('gives the types of failure details', async () => {
    const found = await files({ fileContainingSymbol: 'google.rpc.BadRequest' });
    expect(found.map(({ name }) => name)).toEqual(['google/rpc/error_details.proto', 'google/protobuf/duration.proto']);
  });

  it.each([
    { fileContainingSymbol: 'specimens.internal.v1.SpecimensInternalService' },
    { fileByFilename: 'specimens/internal/v1/specimens_internal.proto' },
    { fileContainingSymbol: 'nothing' },
    { allExtensionNumbersOfType: 'specimens.v1.Specimen' },
    {},
  ])('finds nothing for %o', async (question) => {
    expect((await ask(question)).errorResponse?.errorCode).toBe(status.NOT_FOUND);
  });

  it('ends a stream that says something else', async () => {
    const stream = open('v1');
    const ended = new Promise((_, reject) => stream.on('error', reject));
    stream.resume();
    stream.write(Buffer.from([0xff]));
    expect((await statusOf(ended)).code).toBe(status.INVALID_ARGUMENT);
  });

  it('is not there when it is switched off', async () => {
    const silent = await SpecimenGrpc.start({ reflection: false });
    const path = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
    expect((await statusOf(silent.send(path, Buffer.alloc(0)))).code).toBe(status.UNIMPLEMENTED);
    await silent.stop();
  });
});
