import { randomUUIDv7 } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type Consul from 'consul';
import { endpoint } from '../../platform/config/host.js';
import { consulRequest, type RequestOptions, refusedStatus } from '../../platform/consul/consul-request.js';
import { fullJitter, pause } from '../../platform/schedule/backoff.js';

export interface ServedInstance {
  readonly service: string;
  /** Reachable address, also when listening on every interface. */
  readonly host: string;
  /** Undefined without gRPC: the HTTP port is then registered. */
  readonly grpcPort: number | undefined;
  readonly httpPort: number;
  readonly tls?: boolean;
  /** gRPC requires client certificates, which Consul does not have. */
  readonly requiresClientCertificate?: boolean;
}

const defaults = {
  /** Without a heartbeat for this long, other services see this process as gone. */
  ttlSeconds: 15,
  checkSeconds: 5,
  /** Then Consul deletes the registration; it checks every 30 s, and the minimum is a minute. */
  forgetSeconds: 60,
  requestTimeoutMs: 1_000,
  backoff: { baseMs: 200, maxMs: 5_000 },
};

export type RegistrationSettings = Readonly<typeof defaults>;

const heartbeatsPerTtl = 3;

/** Registers, sends heartbeats, and registers again when Consul has lost the registration. */
export class ConsulRegistration {
  readonly id: string;
  readonly #heartbeat: string;
  readonly #stop = new AbortController();
  readonly #registered = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #isKnown = false;
  #mayBeKnown = false;
  #failures = 0;

  constructor(
    private readonly consul: Consul,
    private readonly served: ServedInstance,
    private readonly settings: RegistrationSettings = defaults,
    private readonly logger: Pick<Logger, 'warn' | 'log'> = new Logger('Discovery'),
  ) {
    this.id = `${served.service}-${randomUUIDv7()}`;
    this.#heartbeat = `${this.id}-heartbeat`;
  }

  /** Call it when this process serves. Resolves when it is registered, or after `stop`. */
  start(): Promise<void> {
    this.#running ??= this.#run(this.#stop.signal);
    return this.#registered.promise;
  }

  /** Deregisters. Never rejects: without Consul the missing heartbeats have the same effect. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#registered.resolve();
    if (!this.#mayBeKnown) return;
    this.#mayBeKnown = false;
    const deregister = (options: RequestOptions) => this.consul.agent.service.deregister({ ...options, id: this.id });
    try {
      await this.#send(deregister, new AbortController().signal);
    } catch (error) {
      this.logger.warn(`Consul could not be informed that this process stops (${error})`);
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { ttlSeconds, backoff } = this.settings;
    while (!signal.aborted) {
      try {
        await (this.#isKnown ? this.#pass(signal) : this.#register(signal));
        this.#succeeded();
        await pause((ttlSeconds * 1_000) / heartbeatsPerTtl, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#failed(error);
        await pause(fullJitter(backoff, this.#failures), signal);
      }
    }
  }

  async #register(signal: AbortSignal): Promise<void> {
    const { service, host, grpcPort, httpPort } = this.served;
    const registration = { id: this.id, name: service, address: host, port: grpcPort ?? httpPort };
    const checks = this.#checks();
    // an aborted request may have arrived
    this.#mayBeKnown = true;
    await this.#send((options) => this.consul.agent.service.register({ ...options, ...registration, checks }), signal);
    this.#isKnown = true;
    this.#registered.resolve();
  }

  async #pass(signal: AbortSignal): Promise<void> {
    await this.#send((options) => this.consul.agent.check.pass({ ...options, id: this.#heartbeat }), signal);
  }

  #send(send: (options: RequestOptions) => Promise<unknown>, signal: AbortSignal): Promise<unknown> {
    return consulRequest(send, { signal, timeoutMs: this.settings.requestTimeoutMs });
  }

  #succeeded(): void {
    if (this.#failures > 0) this.logger.log('Consul accepts this process again');
    this.#failures = 0;
  }

  #failed(error: unknown): void {
    if (this.#failures++ === 0) this.logger.warn(`Consul does not accept this process (${error})`);
    if (refusedStatus(error) !== undefined) this.#isKnown = false;
  }

  /** Passing from the start: Consul treats new checks as critical until they have run. */
  #checks() {
    const { host, grpcPort, httpPort, tls = false, requiresClientCertificate = false } = this.served;
    const { ttlSeconds, checkSeconds, forgetSeconds } = this.settings;
    const common = { timeout: '2s', status: 'passing' };
    // Consul sends no credentials with a check, and knows neither our authorities nor our certificate names
    const polled = { ...common, interval: `${checkSeconds}s`, tlsskipverify: tls };
    const url = `${tls ? 'https' : 'http'}://${endpoint(host, httpPort)}/health/ready`;
    const heartbeat = {
      ...common,
      name: 'heartbeat',
      checkid: this.#heartbeat,
      ttl: `${ttlSeconds}s`,
      deregistercriticalserviceafter: `${forgetSeconds}s`,
    };
    const http = { ...polled, name: 'HTTP', checkid: `${this.id}-http`, http: url };
    if (grpcPort === undefined) return [heartbeat, http];
    const address = endpoint(host, grpcPort);
    const how = requiresClientCertificate ? { tcp: address } : { grpc: address, grpcusetls: tls };
    return [heartbeat, { ...polled, name: 'gRPC', checkid: `${this.id}-grpc`, ...how }, http];
  }
}
