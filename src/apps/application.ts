import { setTimeout as after } from 'node:timers/promises';
import { Server as TlsServer } from 'node:tls';
import { type DynamicModule, Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PinoLogger } from 'nestjs-pino';
import { OperationMetrics } from '../pipeline/operation-metrics.js';
import { Pipeline } from '../pipeline/pipeline.js';
import type { Configuration } from '../platform/config/configuration.js';
import type { PrismaDatabase } from '../platform/database/prisma-database.js';
import { QuietLogger } from '../platform/observability/quiet-logger.js';
import { startTelemetry, type Telemetry } from '../platform/observability/telemetry.js';
import { type ListenerTls, loadTls } from '../platform/security/load-tls.js';
import { RenewedFiles } from '../platform/security/renewed-files.js';
import { closeAfterAnswers, createHttpAdapter } from '../protocols/http/http-adapter.js';
import type { ConsulRegistration } from '../remote/discovery/consul-registration.js';
import { followSettings } from './follow-settings.js';
import { processFamilies } from './process-families.js';
import { registrationOf } from './registration.js';
import { rootModule } from './root.module.js';
import { type Addresses, createServers, type Servers, startAll } from './servers.js';
import { logStart } from './start-up-log.js';

type RenewedTls = RenewedFiles<ListenerTls>;

interface Parts {
  readonly app: NestFastifyApplication;
  readonly configuration: Configuration;
  readonly servers: Servers;
  readonly telemetry: Telemetry;
  readonly tls: RenewedTls | undefined;
}

/** Time for calls that were already on the way when this process left Consul and failed its health checks. */
const settlingMs = 500;

const telemetryLog = new Logger('Telemetry');

export class Application {
  #registration: ConsulRegistration | undefined;

  private constructor(private readonly parts: Parts) {}

  /** `database`: an open one; `telemetry`: in place of the configured one, for tests. */
  static async create(
    configuration: Configuration,
    database?: Promise<PrismaDatabase>,
    telemetry?: Telemetry,
  ): Promise<Application> {
    const tls = configuration.tls && new RenewedFiles(() => loadTls(configuration) as ListenerTls);
    const used = telemetry ?? (await startTelemetry(configuration, (line) => telemetryLog.warn(line)));
    const app = await createNest(configuration, tls, await rootModule(configuration, used, database));
    used.observe(app.get(OperationMetrics), processFamilies(app));
    followSettings(app, configuration);
    const servers = await createServers(app, configuration, tls);
    return new Application({ app, configuration, servers, telemetry: used, tls });
  }

  /** Rejects, and stops what has started, when a server cannot be opened. */
  async listen(): Promise<Addresses> {
    const { app, configuration, servers } = this.parts;
    try {
      // handlers are registered by init: no listener may be open before
      await app.init();
      await startAll(servers.all);
    } catch (error) {
      await this.#close().catch(() => undefined);
      throw error;
    }
    servers.grpc?.health.setServing(true);
    const addresses = await servers.addresses();
    this.#registration = await registrationOf(configuration, addresses);
    void this.#registration?.start();
    logStart(configuration, addresses);
    return addresses;
  }

  get isBusy(): boolean {
    return this.get(Pipeline).running > 0;
  }

  async stop(): Promise<void> {
    await this.#leave();
    await after(this.parts.configuration.shutdownDelayMs);
    const drained = Promise.all(this.parts.servers.all.map(({ drain }) => drain()));
    await Promise.race([drained, after(settlingMs, undefined, { ref: false })]);
    await this.get(Pipeline).drain();
    await this.#close();
  }

  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.parts.app.get(type);
  }

  /** Health checks fail and Consul forgets this process; requests that still arrive are answered. */
  async #leave(): Promise<void> {
    const { app, configuration, servers } = this.parts;
    servers.readiness.draining = true;
    servers.grpc?.health.setServing(false);
    closeAfterAnswers(app.getHttpServer());
    // only behind an external broker do other instances take over the requests
    if (configuration.mqtt.url !== undefined) void servers.mqtt?.broker.pause();
    await this.#registration?.stop();
  }

  async #close(): Promise<void> {
    const { servers, telemetry, tls } = this.parts;
    await Promise.all(servers.all.map(({ stop }) => stop()));
    tls?.close();
    await telemetry.stop();
  }
}

async function createNest(
  { limits, http }: Configuration,
  tls: RenewedTls | undefined,
  root: DynamicModule,
): Promise<NestFastifyApplication> {
  const adapter = createHttpAdapter({
    bodyBytes: limits.bodyBytes,
    trustedProxies: http.trustedProxies,
    tls: tls?.current.identity,
  });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bodyParser: false,
    abortOnError: false,
    bufferLogs: true,
    // the caller reports errors
    autoFlushLogs: false,
  });
  app.useLogger(new QuietLogger(await app.resolve(PinoLogger), {}));
  app.flushLogs();
  const server: unknown = app.getHttpServer();
  if (server instanceof TlsServer) tls?.onChange(({ identity }) => server.setSecureContext(identity));
  return app;
}
