import { setTimeout as after } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { OperationRegistry } from '../pipeline/registry.js';
import type { Configuration } from '../platform/config/configuration.js';
import { endpoint } from '../platform/config/host.js';
import type { Rate } from '../platform/config/rates.js';
import type { Readiness } from '../platform/observability/readiness.js';
import { listenerCredentials } from '../platform/security/grpc-credentials.js';
import type { ListenerTls } from '../platform/security/load-tls.js';
import type { RenewedFiles } from '../platform/security/renewed-files.js';
import { GrpcServer } from '../protocols/grpc/grpc-server.js';
import { closeAfterAnswers } from '../protocols/http/http-adapter.js';
import type { MqttServer } from '../protocols/mqtt/mqtt-server.js';
import type { Addresses } from './addresses.js';

interface ServedParts {
  readonly configuration: Configuration;
  readonly pipeline: Pipeline;
  readonly registry: OperationRegistry;
}

interface MqttParts extends ServedParts {
  readonly messageRate: () => Rate | undefined;
}

interface ListenerParts extends ServedParts {
  readonly app: NestFastifyApplication;
  readonly mqtt: MqttServer | undefined;
  readonly readiness: Readiness;
  /** Plain text when absent. */
  readonly tls: RenewedFiles<ListenerTls> | undefined;
  readonly drainWebSockets: () => Promise<void>;
}

/** The listeners of this process, as far as it has them; Nest itself listens for HTTP. */
export class Listeners {
  private constructor(
    private readonly parts: ListenerParts,
    private readonly grpc: GrpcServer | undefined,
  ) {}

  static connect(parts: ListenerParts): Listeners {
    const { app, configuration, mqtt } = parts;
    const grpc = configuration.protocols.includes('grpc') ? grpcServer(parts) : undefined;
    for (const strategy of [grpc, mqtt]) if (strategy) app.connectMicroservice({ strategy });
    return new Listeners(parts, grpc);
  }

  /** What health checks of every kind answer. While they say no, every request that comes is still answered. */
  serving(isServing: boolean): void {
    const { app, configuration, mqtt, readiness } = this.parts;
    this.grpc?.setServing(isServing);
    if (isServing) return;
    readiness.drain();
    closeAfterAnswers(app.getHttpServer());
    // other instances take the requests of a broker elsewhere; an embedded one has no other
    if (configuration.mqtt.url !== undefined) void mqtt?.pause();
  }

  /** Sends clients elsewhere that hold a connection; resolves when the calls they had made are answered, within `ms`. */
  async drain(ms: number): Promise<void> {
    const { mqtt, drainWebSockets } = this.parts;
    const drained = Promise.all([this.grpc?.close(), drainWebSockets(), mqtt?.pause()]);
    await Promise.race([drained, after(ms, undefined, { ref: false })]);
  }

  addresses(http: string): Addresses {
    const { configuration, mqtt } = this.parts;
    return {
      http,
      ...(this.grpc?.port !== undefined && { grpc: endpoint(configuration.host, this.grpc.port) }),
      ...(mqtt?.address !== undefined && { mqtt: mqtt.address }),
    };
  }
}

function grpcServer({ configuration, pipeline, registry, tls }: ListenerParts): GrpcServer {
  const { host, grpc, http, limits, environment, shutdownTimeoutMs } = configuration;
  return new GrpcServer({
    pipeline,
    operations: registry.served('grpc'),
    host,
    port: grpc.port,
    credentials: tls && listenerCredentials(tls),
    reflection: environment !== 'production',
    messageBytes: limits.grpcMessageBytes,
    shutdownMs: shutdownTimeoutMs,
    trustedProxies: http.trustedProxies,
  });
}

/** Undefined, and none of its code is loaded, where this process does not serve MQTT. */
export async function mqttServer({
  configuration,
  pipeline,
  registry,
  messageRate,
}: MqttParts): Promise<MqttServer | undefined> {
  const { host, mqtt, limits, protocols, shutdownTimeoutMs } = configuration;
  if (!protocols.includes('mqtt')) return undefined;
  const { MqttServer } = await import('../protocols/mqtt/mqtt-server.js');
  return new MqttServer({
    ...mqtt,
    messageRate,
    pipeline,
    operations: registry.served('mqtt'),
    host,
    payloadBytes: limits.mqttPayloadBytes,
    shutdownMs: shutdownTimeoutMs,
  });
}
