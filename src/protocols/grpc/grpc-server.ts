import { promisify } from 'node:util';
import { Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import type { OperationDescriptor } from '../../contract/module.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { endpoint } from '../../platform/config/host.js';
import { CallerAddresses } from '../caller-address.js';
import { HealthService } from './health-service.js';
import { redirectLibraryLog } from './library-log.js';
import { takeOperationCalls } from './operation-calls.js';
import { isInternal } from './proto-names.js';
import { committedProtos, ProtoSchema } from './proto-schema.js';
import { compileCodecs } from './protobuf-codec.js';
import { byteMethod } from './protobuf-messages.js';
import { addReflection } from './reflection-service.js';
import { answerUnknownMethods } from './transport-failures.js';
import type { UnaryMethod } from './unary-call.js';

export interface GrpcServerOptions {
  readonly pipeline: Pipeline;
  readonly operations: readonly OperationDescriptor[];
  readonly host: string;
  readonly port: number;
  readonly credentials?: ServerCredentials | undefined;
  /** Anyone can then list the public methods and messages. */
  readonly reflection: boolean;
  readonly messageBytes: number;
  readonly shutdownMs: number;
  readonly trustedProxies?: readonly string[];
  readonly connections?: ServerOptions;
  readonly protos?: ReadonlyMap<string, string>;
}

/** Milliseconds. Without limits, connections of probes that never close would pile up. */
export const connectionOptions: ServerOptions = {
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.max_connection_idle_ms': 300_000,
  'grpc.max_connection_age_ms': 1_800_000,
  'grpc.max_connection_age_grace_ms': 30_000,
  'grpc.max_concurrent_streams': 1_000,
  // its counters cost every call and are not used
  'grpc.enable_channelz': 0,
};

const isPublic = ({ wire: { grpc } }: OperationDescriptor): boolean => !isInternal(grpc.package);
const serviceName = ({ wire: { grpc } }: OperationDescriptor): string => `${grpc.package}.${grpc.service}`;

export class GrpcServer {
  readonly health: HealthService;
  port: number | undefined;
  readonly #server: Server;
  readonly #options: GrpcServerOptions;
  #drained: Promise<void> | undefined;

  constructor(options: GrpcServerOptions) {
    redirectLibraryLog();
    this.#options = options;
    const { operations, pipeline, protos = committedProtos() } = options;
    const addresses = new CallerAddresses(options.trustedProxies);
    const methods = new Map<string, UnaryMethod>();
    for (const [operation, codec] of compileCodecs(operations, new ProtoSchema(protos))) {
      methods.set(operation.wire.grpc.path, { operation, codec, pipeline, addresses });
    }
    this.#server = new Server({
      ...connectionOptions,
      ...options.connections,
      'grpc.max_receive_message_length': options.messageBytes,
    });
    takeOperationCalls(this.#server, methods);
    for (const path of methods.keys()) this.#server.addService({ [path]: byteMethod(path) }, {});
    answerUnknownMethods(this.#server);
    this.health = new HealthService(operations.filter(isPublic).map(serviceName));
    this.health.addTo(this.#server);
    if (options.reflection) addReflection(this.#server, protos);
  }

  async listen(): Promise<void> {
    const { credentials = ServerCredentials.createInsecure(), port } = this.#options;
    this.port = await promisify(this.#server.bindAsync.bind(this.#server))(this.#address(port), credentials);
  }

  /** Sends GOAWAY. Resolves when the running calls have ended, or after `shutdownMs`. */
  close(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  async #drain(): Promise<void> {
    this.health.close();
    // forceShutdown forgets sessions when channelz is off
    if (this.port !== undefined) this.#server.drain(this.#address(this.port), this.#options.shutdownMs);
    await promisify(this.#server.tryShutdown.bind(this.#server))();
  }

  #address(port: number): string {
    return endpoint(this.#options.host, port);
  }
}
