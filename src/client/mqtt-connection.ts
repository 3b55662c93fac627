import type { Socket } from 'node:net';
import { connect, type IClientOptions, type IPublishPacket, type MqttClient, type Packet } from 'mqtt';
import { ServiceUnavailable } from '../contract/built-in-failures.js';
import { withSender } from '../protocols/mqtt/topics.js';
import type { JsonRpcReply } from './json-rpc.js';
import { type MqttVersion, readReply, requestWriters } from './mqtt-messages.js';
import { PendingCalls } from './pending-calls.js';
import type { OutgoingCall } from './transport.js';

export interface MqttSettings {
  readonly topicPrefix: string;
  readonly version: MqttVersion;
}

/** Reason codes of MQTT 3.1.1 and 5 for an unsupported version. */
const versionRefusals = new Set([1, 0x84]);
const noMatchingSubscribers = 0x10;
const connectTimeoutMs = 10_000;

export const isVersionRefusal = ({ cause }: Error): boolean =>
  cause instanceof Error && 'code' in cause && versionRefusals.has(Number(cause.code));

export class MqttConnection {
  readonly #pending = new PendingCalls<JsonRpcReply>();
  readonly #closed = Promise.withResolvers<void>();
  readonly #withoutSubscriber = new Set<number | undefined>();
  #id = 0;

  private constructor(
    private readonly client: MqttClient,
    private readonly clientId: string,
    private readonly settings: MqttSettings,
  ) {
    client.on('message', (_topic, payload, packet) => this.#receive(payload, packet));
    client.on('packetreceive', (packet) => this.#note(packet));
    client.once('close', () => this.#lost());
  }

  static async open(url: string, settings: MqttSettings): Promise<MqttConnection> {
    const clientId = `client-${crypto.randomUUID()}`;
    const client = await connected(url, { clientId, protocolVersion: settings.version });
    const connection = new MqttConnection(client, clientId, settings);
    try {
      await client.subscribeAsync(connection.#replyTo, { qos: 1 });
      return connection;
    } catch (cause) {
      await connection.close();
      throw unavailable('The broker refuses the topic for replies', cause);
    }
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  async request(call: OutgoingCall): Promise<JsonRpcReply> {
    if (!this.client.connected) throw unavailable('The connection to the broker was lost');
    this.#id += 1;
    const id = String(this.#id);
    const { topicPrefix, version } = this.settings;
    const { payload, options } = requestWriters[version](call, id, this.#replyTo);
    const reply = this.#pending.wait(id, payload.length, call.signal);
    const topic = withSender(`${topicPrefix}/${call.operation.wire.mqtt}`, this.clientId);
    this.client.publish(topic, payload, options, (error, packet) => {
      if (error || this.#hasNoSubscriber(packet))
        this.#pending.reject(id, unavailable('Nobody takes this request', error));
    });
    return reply;
  }

  get #replyTo(): string {
    return `${this.settings.topicPrefix}/clients/${this.clientId}/replies`;
  }

  async close(): Promise<void> {
    this.client.end(true);
    await this.closed;
  }

  /** mqtt.js does not expose the reason code. */
  #note(packet: Packet): void {
    if (packet.cmd === 'puback' && packet.reasonCode === noMatchingSubscribers)
      this.#withoutSubscriber.add(packet.messageId);
  }

  #hasNoSubscriber(sent: Packet | undefined): boolean {
    return this.#withoutSubscriber.delete(sent?.messageId);
  }

  #receive(payload: Buffer, { properties }: IPublishPacket): void {
    const received = readReply(payload, properties?.correlationData);
    if (received?.id !== undefined) this.#pending.resolve(received.id, received.reply);
  }

  #lost(): void {
    this.#pending.rejectAll(unavailable('The connection to the broker was lost before the reply'));
    this.#closed.resolve();
  }
}

const unavailable = (detail: string, cause?: unknown) => new ServiceUnavailable({ detail, cause });

function connected(url: string, options: IClientOptions): Promise<MqttClient> {
  const client = connect(url, { ...options, clean: true, reconnectPeriod: 0, connectTimeout: connectTimeoutMs });
  return new Promise((resolve, reject) => {
    const refuse = (cause?: Error) => {
      client.end(true);
      reject(unavailable(`${new URL(url).host} does not answer`, cause));
    };
    client.once('connect', () => {
      withoutDelay(client);
      resolve(client);
    });
    client.on('error', refuse);
    client.once('close', () => refuse());
  });
}

/** Nagle's algorithm would delay small messages by 40 ms. */
function withoutDelay({ stream }: MqttClient): void {
  if ('setNoDelay' in stream) (stream as Socket).setNoDelay(true);
}
