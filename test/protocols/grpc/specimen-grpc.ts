import { Client, credentials, Metadata, type ServiceError, type StatusObject } from '@grpc/grpc-js';
import { describe } from '../../../src/contract/module.js';
import type { AnyOperationClass } from '../../../src/contract/operation.js';
import type { ReceivedFailure } from '../../../src/contract/received-failure.js';
import { Pipeline } from '../../../src/pipeline/pipeline.js';
import { OperationRegistry } from '../../../src/pipeline/registry.js';
import { GrpcServer, type GrpcServerOptions } from '../../../src/protocols/grpc/grpc-server.js';
import { ProtoSchema } from '../../../src/protocols/grpc/proto-schema.js';
import { compileCodecs, type OperationCodec } from '../../../src/protocols/grpc/protobuf-codec.js';
import { decodeFailure } from '../../../src/protocols/grpc/status-details.js';
import { specimens } from '../../fixtures/specimens/specimens.operations.js';
import { specimenProtos } from '../../fixtures/specimens/specimens.protos.js';
import {
  createSpecimenApplication,
  type SpecimenApplication,
  type SpecimenOptions,
} from '../../support/specimen-application.js';

const codecs = compileCodecs(specimens.operations, new ProtoSchema(specimenProtos));

export function codecOf(message: AnyOperationClass): OperationCodec {
  const codec = codecs.get(describe(message));
  if (!codec) throw new Error(`${message.name} is no specimen`);
  return codec;
}

interface Answer {
  readonly bytes: Buffer;
  readonly initial: Metadata;
}

interface CallOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly deadline?: number;
  readonly signal?: AbortSignal;
}

const same = (bytes: Buffer): Buffer => bytes;

export class SpecimenGrpc {
  readonly client: Client;

  private constructor(
    readonly application: SpecimenApplication,
    readonly server: GrpcServer,
    readonly address: string,
  ) {
    this.client = new Client(address, credentials.createInsecure());
  }

  static async start(
    options: Partial<GrpcServerOptions> = {},
    specimens: Pick<SpecimenOptions, 'pipeline'> = {},
  ): Promise<SpecimenGrpc> {
    let server: GrpcServer | undefined;
    const application = await createSpecimenApplication({
      ...specimens,
      servers: (app) => {
        server = new GrpcServer({
          pipeline: app.get(Pipeline),
          operations: app.get(OperationRegistry).served('grpc'),
          host: '127.0.0.1',
          port: 0,
          reflection: true,
          messageBytes: 4_194_304,
          shutdownMs: 5_000,
          protos: specimenProtos,
          ...options,
        });
        return [server];
      },
    });
    if (!server) throw new Error('not configured');
    return new SpecimenGrpc(application, server, `127.0.0.1:${server.port}`);
  }

  /** The answer to `bytes`; rejects with the ServiceError. */
  send(path: string, bytes: Buffer, { metadata = {}, deadline, signal }: CallOptions = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let initial = new Metadata();
      const sent = new Metadata();
      for (const [key, value] of Object.entries(metadata)) sent.set(key, value);
      const call = this.client.makeUnaryRequest(
        path,
        same,
        same,
        bytes,
        sent,
        deadline === undefined ? {} : { deadline },
        (error, answer) => (error ? reject(error) : resolve({ bytes: answer ?? Buffer.alloc(0), initial })),
      );
      call.on('metadata', (received) => {
        initial = received;
      });
      signal?.addEventListener('abort', () => call.cancel());
    });
  }

  /** The value that an operation answers. */
  async call(message: AnyOperationClass, input: unknown, options?: CallOptions): Promise<unknown> {
    const codec = codecOf(message);
    const { bytes } = await this.send(describe(message).wire.grpc.path, codec.encodeRequest(input), options);
    return codec.decodeResponse(bytes);
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.application.close();
  }
}

/** The status that a call fails with. */
export const statusOf = (call: Promise<unknown>): Promise<StatusObject> =>
  call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error: ServiceError) => error,
  );

export const failureOf = async (call: Promise<unknown>): Promise<ReceivedFailure> =>
  decodeFailure(await statusOf(call));
