import { setTimeout as after } from 'node:timers/promises';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PinoLogger } from 'nestjs-pino';
import { Pipeline } from '../pipeline/pipeline.js';
import { OperationRegistry } from '../pipeline/registry.js';
import type { Configuration } from '../platform/config/configuration.js';
import { QuietLogger } from '../platform/observability/quiet-logger.js';
import { loadTls } from '../platform/security/load-tls.js';
import { createHttpAdapter } from '../protocols/http/http-adapter.js';
import { ProblemFilter } from '../protocols/http/problem.filter.js';
import { RouteTable } from '../protocols/http/route-table.js';
import type { Addresses } from './addresses.js';
import { followSettings } from './follow-settings.js';
import { httpRoutes } from './http-routes.js';
import { Listeners, mqttServer } from './listeners.js';
import { protocolModules } from './protocol-modules.js';
import { readinessOf } from './readiness.js';
import { rootModule } from './root.module.js';
import { type ServiceDefinition, services } from './services.js';
import { logStart } from './start-up-log.js';

/** Milliseconds for calls that were on their way when their clients were told. */
const settlingMs = 500;

/** One process: what SERVICE_NAME says, put together, listening, and stopped in order. */
export class Application {
  private constructor(
    private readonly app: NestFastifyApplication,
    private readonly listeners: Listeners,
    private readonly configuration: Configuration,
  ) {}

  /** `overrides` are Nest modules in place of the configured ones' providers; for tests and benchmarks. */
  static async create(configuration: Configuration, overrides: readonly DynamicModule[] = []): Promise<Application> {
    const service = services[configuration.serviceName];
    if (!service)
      throw new Error(`no service ${configuration.serviceName}; known: ${Object.keys(services).join(', ')}`);
    const { limits, http } = configuration;
    const tls = loadTls(configuration);
    const adapter = createHttpAdapter({ bodyBytes: limits.bodyBytes, trustedProxies: http.trustedProxies, tls });
    const root = await rootModule(service, configuration, [...protocolModules(configuration), ...overrides]);
    const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
      bodyParser: false,
      abortOnError: false,
      bufferLogs: true,
    });
    app.useLogger(new QuietLogger(await app.resolve(PinoLogger), {}));
    followSettings(app, configuration);
    return new Application(app, await prepare(app, service, configuration), configuration);
  }

  async listen(): Promise<Addresses> {
    const { host, http } = this.configuration;
    // handlers are registered by init: no listener may be open before
    await this.app.init();
    await this.app.startAllMicroservices();
    await this.app.listen(http.port, host);
    this.listeners.serving(true);
    const addresses = this.listeners.addresses(await this.app.getUrl());
    logStart(this.configuration, addresses);
    return addresses;
  }

  /**
   * Not ready from now on; as soon as load balancers had time to see it, clients are told to go elsewhere, running calls
   * finish, and every listener and connection is closed.
   */
  async stop(): Promise<void> {
    this.listeners.serving(false);
    await after(this.configuration.shutdownDelayMs);
    await this.listeners.drain(settlingMs);
    await this.app.get(Pipeline).drain();
    await this.app.close();
  }

  /** A provider of this process. */
  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.app.get(type);
  }
}

async function prepare(
  app: NestFastifyApplication,
  service: ServiceDefinition,
  configuration: Configuration,
): Promise<Listeners> {
  const pipeline = app.get(Pipeline);
  const registry = app.get(OperationRegistry);
  const routes = new RouteTable();
  const mqtt = mqttServer({ configuration, pipeline, registry });
  const remoteBroker = configuration.mqtt.url === undefined ? undefined : mqtt;
  const readiness = await readinessOf(app, service, remoteBroker);
  app.useGlobalFilters(new ProblemFilter(pipeline, routes));
  const drainWebSockets = await httpRoutes({ app, configuration, pipeline, registry, routes, readiness });
  return Listeners.connect({ app, configuration, pipeline, registry, mqtt, readiness, drainWebSockets });
}
