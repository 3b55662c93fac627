import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { OperationRegistry } from '../pipeline/registry.js';
import type { Configuration } from '../platform/config/configuration.js';
import type { Readiness } from '../platform/observability/readiness.js';
import { loadTls } from '../platform/security/load-tls.js';
import { GrpcServer } from '../protocols/grpc/grpc-server.js';
import type { Addresses } from './addresses.js';

interface ListenerParts {
  readonly app: NestFastifyApplication;
  readonly configuration: Configuration;
  readonly pipeline: Pipeline;
  readonly registry: OperationRegistry;
  readonly readiness: Readiness;
}

/** The listeners beside HTTP: gRPC and MQTT, as far as this process serves them. */
export class Listeners {
  private constructor(
    private readonly readiness: Readiness,
    private readonly host: string,
    private readonly grpc: GrpcServer | undefined,
  ) {}

  static connect(parts: ListenerParts): Listeners {
    const { app, configuration, readiness } = parts;
    const serves = new Set(configuration.protocols);
    const grpc = serves.has('grpc') ? grpcServer(parts) : undefined;
    if (grpc) app.connectMicroservice({ strategy: grpc });
    return new Listeners(readiness, configuration.host, grpc);
  }

  /** What health checks of every kind answer. */
  serving(isServing: boolean): void {
    this.grpc?.setServing(isServing);
    if (!isServing) this.readiness.drain();
  }

  addresses(http: string): Addresses {
    return {
      http,
      ...(this.grpc?.port !== undefined && { grpc: `${this.host}:${this.grpc.port}` }),
    };
  }
}

function grpcServer({ configuration, pipeline, registry }: ListenerParts): GrpcServer {
  const { host, grpc, limits, environment, shutdownTimeoutMs } = configuration;
  return new GrpcServer({
    pipeline,
    operations: registry.served('grpc'),
    host,
    port: grpc.port,
    tls: loadTls(configuration),
    reflection: environment !== 'production',
    messageBytes: limits.grpcMessageBytes,
    shutdownMs: shutdownTimeoutMs,
  });
}
