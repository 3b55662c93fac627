import { promisify } from 'node:util';
import { Server as GrpcJsServer, ServerCredentials } from '@grpc/grpc-js';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import type { OperationDescriptor } from '../../contract/module.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { byteMethod } from './byte-method.js';
import { type ConnectionLimits, defaultConnectionLimits, limitOptions } from './connection-limits.js';
import { HealthService, healthProto } from './health-service.js';
import { isInternal } from './proto-names.js';
import { committedProtos, ProtoSchema, publicProtos } from './proto-schema.js';
import { compileCodecs } from './protobuf-codec.js';
import { ReflectionService } from './reflection-service.js';
import { answerUnknownMethods, transportFailures } from './transport-failures.js';
import { unaryHandler } from './unary-handler.js';

export interface GrpcServerOptions {
  readonly pipeline: Pipeline;
  /** Internal ones included. */
  readonly operations: readonly OperationDescriptor[];
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** PEM; plain text when absent. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  /** Tells anyone the public methods and messages: not in production. */
  readonly reflection: boolean;
  /** Largest request message, in bytes. */
  readonly messageBytes: number;
  /** Milliseconds that `close` waits for running calls. */
  readonly shutdownMs: number;
  /** Whose failure codes these are, in `google.rpc.ErrorInfo`. */
  readonly domain?: string;
  readonly connections?: ConnectionLimits;
  /** Texts by path; the committed ones when absent. */
  readonly protos?: ReadonlyMap<string, string>;
}

const serviceName = ({ wire: { grpc } }: OperationDescriptor): string => `${grpc.package}.${grpc.service}`;

/** Every operation over gRPC: a transport strategy for `app.connectMicroservice({ strategy })`. */
export class GrpcServer extends Server implements CustomTransportStrategy {
  readonly #server: GrpcJsServer;
  readonly #health: HealthService;
  readonly #options: GrpcServerOptions;
  #port: number | undefined;

  /** Throws an Error that names the operations which the `.proto` files lack. */
  constructor(options: GrpcServerOptions) {
    super();
    this.#options = options;
    const { operations, domain = 'mstv', protos = committedProtos() } = options;
    const paths = new Set(operations.map(({ wire }) => wire.grpc.path));
    this.#server = new GrpcJsServer({
      ...limitOptions(options.connections ?? defaultConnectionLimits, options.messageBytes),
      interceptors: [transportFailures(paths, domain)],
    });
    answerUnknownMethods(this.#server, domain);
    this.#serveOperations(options, protos, domain);
    const open = operations.filter(({ wire }) => !isInternal(wire.grpc.package));
    this.#health = new HealthService(open.map(serviceName));
    this.#health.addTo(this.#server);
    if (options.reflection) this.#reflect(protos);
  }

  /** Bound; undefined before `listen`. */
  get port(): number | undefined {
    return this.#port;
  }

  /** What `grpc.health.v1.Health` answers. */
  setServing(isServing: boolean): void {
    this.#health.setServing(isServing);
  }

  override listen(callback: (error?: unknown) => void): void {
    const { host, port, tls } = this.#options;
    const credentials = tls
      ? ServerCredentials.createSsl(null, [{ cert_chain: tls.cert, private_key: tls.key }])
      : ServerCredentials.createInsecure();
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    this.#server.bindAsync(address, credentials, (error, bound) => {
      if (!error) this.#port = bound;
      callback(error ?? undefined);
    });
  }

  /** No new connection or call; resolves when the running calls have ended or their time is up. */
  override async close(): Promise<void> {
    this.#health.close();
    const timeUp = setTimeout(() => this.#server.forceShutdown(), this.#options.shutdownMs);
    await promisify(this.#server.tryShutdown.bind(this.#server))();
    clearTimeout(timeUp);
  }

  /** This transport emits no events. */
  override on(): void {}

  override unwrap<T>(): T {
    return this.#server as T;
  }

  #serveOperations(
    { operations, pipeline }: GrpcServerOptions,
    protos: ReadonlyMap<string, string>,
    domain: string,
  ): void {
    for (const [operation, codec] of compileCodecs(operations, new ProtoSchema(protos))) {
      const { method, path } = operation.wire.grpc;
      this.#server.addService(
        { [method]: byteMethod(path) },
        { [method]: unaryHandler(operation, codec, pipeline, domain) },
      );
    }
  }

  #reflect(protos: ReadonlyMap<string, string>): void {
    const shown = new Map([...publicProtos(protos)].map(([path, text]) => [path.replace(/^proto\//, ''), text]));
    new ReflectionService(shown.set('grpc/health/v1/health.proto', healthProto)).addTo(this.#server);
  }
}
