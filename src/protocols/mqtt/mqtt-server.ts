import { setTimeout as after } from 'node:timers/promises';
import type { Broker } from './broker.js';
import { DropLog } from './drop-log.js';
import { EmbeddedBroker, type EmbeddedBrokerOptions } from './embedded-broker.js';
import { RemoteBroker } from './remote-broker.js';
import { RequestRunner, type RunnerOptions } from './request-runner.js';

export interface MqttServerOptions
  extends Pick<RunnerOptions, 'pipeline' | 'operations' | 'topicPrefix' | 'payloadBytes'>,
    Pick<EmbeddedBrokerOptions, 'host' | 'port' | 'messageRate'>,
    Partial<typeof defaults> {
  /** External broker, in place of the embedded one: `mqtt://user:password@host:1883`. */
  readonly url?: string | undefined;
  readonly shutdownMs: number;
}

const defaults = {
  maxConcurrentCalls: 1_000,
  maxConnections: 1_000,
  maxBufferedBytes: 1024 * 1024,
  drainTimeoutMs: 5_000,
};

/** Up to this size a payload that is too large is refused; beyond it the connection is closed. */
const packetBytes = (payloadBytes: number): number => 4 * payloadBytes + 8_192;

export class MqttServer {
  readonly #runner: RequestRunner;
  readonly #broker: Broker;
  readonly #shutdownMs: number;

  constructor(options: MqttServerOptions) {
    const drops = new DropLog();
    const settings = { ...defaults, ...options, drops, packetBytes: packetBytes(options.payloadBytes) };
    const { url } = settings;
    this.#runner = new RequestRunner(settings);
    this.#broker = url === undefined ? new EmbeddedBroker(settings) : new RemoteBroker({ ...settings, url });
    this.#shutdownMs = options.shutdownMs;
  }

  /** Without credentials; undefined before `listen`. */
  get address(): string | undefined {
    return this.#broker.address;
  }

  ready(): Promise<void> {
    return this.#broker.ready();
  }

  pause(): Promise<void> {
    return this.#broker.pause();
  }

  listen(): Promise<void> {
    return this.#broker.listen(this.#runner);
  }

  /** Resolves when the running requests are answered, or after a timeout. */
  async close(): Promise<void> {
    await this.#broker.pause();
    await Promise.race([this.#runner.drain(), after(this.#shutdownMs, undefined, { ref: false })]);
    await this.#broker.close();
  }
}
