import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { OperationRegistry } from '../pipeline/registry.js';
import type { Configuration } from '../platform/config/configuration.js';
import type { Readiness } from '../platform/observability/readiness.js';
import { loadTls } from '../platform/security/load-tls.js';
import { GrpcServer } from '../protocols/grpc/grpc-server.js';
import { MqttServer } from '../protocols/mqtt/mqtt-server.js';
import type { Addresses } from './addresses.js';

interface ServedParts {
  readonly configuration: Configuration;
  readonly pipeline: Pipeline;
  readonly registry: OperationRegistry;
}

interface ListenerParts extends ServedParts {
  readonly app: NestFastifyApplication;
  readonly mqtt: MqttServer | undefined;
  readonly readiness: Readiness;
}

/** The listeners beside HTTP: gRPC and MQTT, as far as this process serves them. */
export class Listeners {
  private constructor(
    private readonly readiness: Readiness,
    private readonly host: string,
    private readonly grpc: GrpcServer | undefined,
    private readonly mqtt: MqttServer | undefined,
  ) {}

  static connect(parts: ListenerParts): Listeners {
    const { app, configuration, mqtt, readiness } = parts;
    const grpc = configuration.protocols.includes('grpc') ? grpcServer(parts) : undefined;
    for (const strategy of [grpc, mqtt]) if (strategy) app.connectMicroservice({ strategy });
    return new Listeners(readiness, configuration.host, grpc, mqtt);
  }

  /** What health checks of every kind answer; MQTT requests are left to other instances when it does not. */
  serving(isServing: boolean): void {
    this.grpc?.setServing(isServing);
    if (isServing) return;
    this.readiness.drain();
    void this.mqtt?.pause();
  }

  addresses(http: string): Addresses {
    return {
      http,
      ...(this.grpc?.port !== undefined && { grpc: `${this.host}:${this.grpc.port}` }),
      ...(this.mqtt?.address !== undefined && { mqtt: this.mqtt.address }),
    };
  }
}

function grpcServer({ configuration, pipeline, registry }: ServedParts): GrpcServer {
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

/** Undefined where this process does not serve MQTT. */
export function mqttServer({ configuration, pipeline, registry }: ServedParts): MqttServer | undefined {
  const { host, mqtt, limits, protocols, shutdownTimeoutMs } = configuration;
  if (!protocols.includes('mqtt')) return undefined;
  return new MqttServer({
    ...mqtt,
    pipeline,
    operations: registry.served('mqtt'),
    host,
    payloadBytes: limits.mqttPayloadBytes,
    shutdownMs: shutdownTimeoutMs,
  });
}
