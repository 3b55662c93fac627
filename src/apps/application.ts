import { setTimeout as after } from 'node:timers/promises';
import { Server as TlsServer } from 'node:tls';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { PinoLogger } from 'nestjs-pino';
import { OperationMetrics } from '../pipeline/operation-metrics.js';
import { Pipeline } from '../pipeline/pipeline.js';
import { OperationRegistry } from '../pipeline/registry.js';
import type { Configuration } from '../platform/config/configuration.js';
import { endpoint } from '../platform/config/host.js';
import { CurrentRates } from '../platform/config/rates.js';
import { addressVariable } from '../platform/config/service-defaults.js';
import type { DatabaseConnection } from '../platform/database/database-connection.js';
import { QuietLogger } from '../platform/observability/quiet-logger.js';
import { startTelemetry } from '../platform/observability/start-telemetry.js';
import type { Telemetry } from '../platform/observability/telemetry.js';
import { type ListenerTls, loadTls, type TlsIdentity } from '../platform/security/load-tls.js';
import { RenewedFiles } from '../platform/security/renewed-files.js';
import { createHttpAdapter } from '../protocols/http/http-adapter.js';
import { ProblemFilter } from '../protocols/http/problem.filter.js';
import { RouteTable } from '../protocols/http/route-table.js';
import { allOpened, opened } from '../protocols/listen-error.js';
import type { ConsulRegistration } from '../remote/discovery/consul-registration.js';
import type { Addresses } from './addresses.js';
import { followSettings } from './follow-settings.js';
import { httpRoutes } from './http-routes.js';
import { Listeners, mqttServer } from './listeners.js';
import { isStartedInTurn } from './parent-process.js';
import { processFamilies } from './process-families.js';
import { protocolModules } from './protocol-modules.js';
import { readinessOf } from './readiness.js';
import { registrationOf } from './registration.js';
import { rootModule } from './root.module.js';
import { type ServiceDefinition, services } from './services.js';
import { logStart } from './start-up-log.js';

/** Milliseconds for calls that were on their way when their clients were told. */
const settlingMs = 500;

/** Milliseconds that the answers of the last calls have to reach their callers. */
const lingerMs = 500;

const telemetryLog = new Logger('Telemetry');

/** One process: what SERVICE_NAME says, put together, listening, and stopped in order. */
export class Application {
  #registration: ConsulRegistration | undefined;

  private constructor(
    private readonly app: NestFastifyApplication,
    private readonly listeners: Listeners,
    private readonly configuration: Configuration,
    private readonly telemetry: Telemetry,
    private readonly tls: RenewedFiles<ListenerTls> | undefined,
  ) {}

  /** `database`, when it is opened already; `telemetry` in place of that configured, for tests. */
  static async create(
    configuration: Configuration,
    database?: Promise<DatabaseConnection>,
    telemetry?: Telemetry,
  ): Promise<Application> {
    const service = services[configuration.serviceName];
    if (!service)
      throw new Error(`no service ${configuration.serviceName}; known: ${Object.keys(services).join(', ')}`);
    const { limits, http } = configuration;
    const tls = renewedTls(configuration);
    const adapter = createHttpAdapter({
      bodyBytes: limits.bodyBytes,
      trustedProxies: http.trustedProxies,
      tls: tls?.current.identity,
    });
    const told = telemetry ?? (await startTelemetry(configuration, (line) => telemetryLog.warn(line)));
    const root = await rootModule(service, configuration, await protocolModules(configuration), told, database);
    const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
      bodyParser: false,
      abortOnError: false,
      bufferLogs: true,
      // errors are reported by who catches them
      autoFlushLogs: false,
    });
    app.useLogger(new QuietLogger(await app.resolve(PinoLogger), {}));
    app.flushLogs();
    told.observe(app.get(OperationMetrics), processFamilies(app));
    followSettings(app, configuration);
    tls?.onChange(({ identity }) => showOverHttps(app, identity));
    return new Application(app, await prepare(app, service, configuration, tls), configuration, told, tls);
  }

  /** Where it listens now; a process that cannot listen everywhere is closed. */
  async listen(): Promise<Addresses> {
    try {
      // handlers are registered by init: no listener may be open before
      await this.app.init();
      await this.#openListeners();
    } catch (error) {
      await this.app.close().catch(() => undefined);
      throw error;
    }
    this.listeners.serving(true);
    const addresses = this.listeners.addresses(await this.app.getUrl());
    this.#registration = await registrationOf(this.configuration, addresses);
    void this.#registration?.start();
    logStart(this.configuration, addresses);
    return addresses;
  }

  async #openListeners(): Promise<void> {
    const { host, http, grpc } = this.configuration;
    const grpcVariable = grpcPortVariable(this.configuration);
    const others = this.app
      .getMicroservices()
      .map((microservice) => opened(microservice.listen(), 'gRPC', grpcVariable, endpoint(host, grpc.port)));
    // who finds HTTP finds the rest
    await Promise.allSettled(others);
    await allOpened([...others, opened(this.app.listen(http.port, host), 'HTTP', 'PORT', endpoint(host, http.port))]);
  }

  /** Whether calls are under way. */
  get isBusy(): boolean {
    return this.app.get(Pipeline).running > 0;
  }

  /**
   * Not ready and not to be found from now on; as soon as load balancers had time to see it, clients are told to go
   * elsewhere, running calls finish, and every listener and connection is closed.
   */
  async stop(): Promise<void> {
    this.listeners.serving(false);
    await this.#registration?.stop();
    await after(this.configuration.shutdownDelayMs);
    await this.listeners.drain(settlingMs);
    await this.app.get(Pipeline).drain();
    // a request that never arrives whole is no call: it would hold its connection, and with it the end of the process
    const cut = setTimeout(() => this.app.getHttpServer().closeAllConnections(), lingerMs);
    await this.app.close().finally(() => clearTimeout(cut));
    this.tls?.close();
    await this.telemetry.stop();
  }

  /** A provider of this process. */
  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.app.get(type);
  }
}

/** start:split has a service listen at the address where the others look for it. */
const grpcPortVariable = ({ serviceName }: Configuration): string =>
  isStartedInTurn() && !services[serviceName]?.servesAll ? addressVariable(serviceName) : 'GRPC_PORT';

function showOverHttps(app: NestFastifyApplication, identity: TlsIdentity): void {
  const server: unknown = app.getHttpServer();
  if (server instanceof TlsServer) server.setSecureContext(identity);
}

function renewedTls(configuration: Configuration): RenewedFiles<ListenerTls> | undefined {
  if (configuration.tls === undefined) return undefined;
  return new RenewedFiles(() => loadTls(configuration) as ListenerTls);
}

async function prepare(
  app: NestFastifyApplication,
  service: ServiceDefinition,
  configuration: Configuration,
  tls: RenewedFiles<ListenerTls> | undefined,
): Promise<Listeners> {
  const pipeline = app.get(Pipeline);
  const registry = app.get(OperationRegistry);
  const routes = new RouteTable(app.getHttpAdapter().getInstance() as unknown as FastifyInstance);
  const messageRate = app.get(CurrentRates).ofConnection;
  const mqtt = await mqttServer({ configuration, pipeline, registry, messageRate });
  const remoteBroker = configuration.mqtt.url === undefined ? undefined : mqtt;
  const readiness = await readinessOf(app, service, remoteBroker);
  app.useGlobalFilters(new ProblemFilter(pipeline, routes));
  const drainWebSockets = await httpRoutes({ app, configuration, pipeline, registry, readiness, routes });
  return Listeners.connect({ app, configuration, pipeline, registry, mqtt, readiness, tls, drainWebSockets });
}
