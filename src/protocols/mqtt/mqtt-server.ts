import { setTimeout as after } from 'node:timers/promises';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import type { OperationDescriptor } from '../../contract/module.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { Rate } from '../message-rate.js';
import type { Broker } from './broker.js';
import { DropLog } from './drop-log.js';
import { EmbeddedBroker } from './embedded-broker.js';
import { RemoteBroker } from './remote-broker.js';
import { RequestRunner } from './request-runner.js';

export interface MqttServerOptions {
  readonly pipeline: Pipeline;
  readonly operations: readonly OperationDescriptor[];
  /** The first level of every topic. */
  readonly topicPrefix: string;
  /** The embedded broker listens here when `url` is absent. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** A broker elsewhere, with credentials where it wants them: `mqtt://user:password@host:1883`. */
  readonly url?: string | undefined;
  readonly payloadBytes: number;
  /** Milliseconds that `close` waits for running calls. */
  readonly shutdownMs: number;
  /** Calls that run at once; further ones wait unread. */
  readonly maxConcurrentCalls?: number;
  readonly maxConnections?: number;
  /** Of messages of one connection of the embedded broker; asked when it opens. No limit when absent. */
  readonly messageRate?: (() => Rate | undefined) | undefined;
  /** Bytes of replies that a client of the embedded broker has not read. */
  readonly maxBufferedBytes?: number;
  /** Milliseconds for a client of the embedded broker with a full socket to read on. */
  readonly drainTimeoutMs?: number;
}

const defaults = {
  maxConcurrentCalls: 1_000,
  maxConnections: 1_000,
  maxBufferedBytes: 1024 * 1024,
  drainTimeoutMs: 5_000,
};

/** A payload that is too large is answered up to this size; the connection does not take larger ones. */
const packetBytes = (payloadBytes: number): number => 4 * payloadBytes + 8_192;

/** Every operation over MQTT: a transport strategy for `app.connectMicroservice({ strategy })`. */
export class MqttServer extends Server implements CustomTransportStrategy {
  readonly #runner: RequestRunner;
  readonly #broker: Broker;
  readonly #shutdownMs: number;

  constructor(options: MqttServerOptions) {
    super();
    const drops = new DropLog();
    const settings = { ...defaults, ...options, drops, packetBytes: packetBytes(options.payloadBytes) };
    const { url } = settings;
    this.#runner = new RequestRunner(settings);
    this.#broker = url === undefined ? new EmbeddedBroker(settings) : new RemoteBroker({ ...settings, url });
    this.#shutdownMs = options.shutdownMs;
  }

  /** `mqtt://127.0.0.1:1883`, without credentials; undefined before `listen`. */
  get address(): string | undefined {
    return this.#broker.address;
  }

  /** Rejects, with the reason, while no requests can come in. */
  ready(): Promise<void> {
    return this.#broker.ready();
  }

  /** Leaves new requests to other instances; replies still go out. */
  pause(): Promise<void> {
    return this.#broker.pause();
  }

  override listen(callback: (error?: unknown) => void): void {
    this.#broker.listen(this.#runner).then(() => callback(), callback);
  }

  /** No new requests; resolves when the running ones are answered or their time is up. */
  override async close(): Promise<void> {
    await this.#broker.pause();
    await Promise.race([this.#runner.drain(), after(this.#shutdownMs, undefined, { ref: false })]);
    await this.#broker.close();
  }

  /** This transport emits no events. */
  override on(): void {}

  override unwrap<T>(): T {
    return this.#broker as T;
  }
}
