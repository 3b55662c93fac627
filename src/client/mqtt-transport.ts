import { connect, type IClientOptions, type IPublishPacket, type MqttClient, type Packet } from 'mqtt';
import { ServiceUnavailable } from '../contract/built-in-failures.js';
import { withSender } from '../protocols/mqtt/topics.js';
import { withoutDelay } from '../protocols/mqtt/without-delay.js';
import type { JsonRpcReply } from './json-rpc.js';
import { JsonRpcConnection } from './json-rpc-connection.js';
import { JsonRpcTransport } from './json-rpc-transport.js';
import { type MqttVersion, requestWriters } from './mqtt-messages.js';
import { type OutgoingCall, parseObject, type Transport } from './transport.js';

export interface MqttOptions {
  readonly url: string;
  readonly topicPrefix: string;
  readonly version?: MqttVersion | undefined;
}

type Settings = Required<MqttOptions>;

/** Reason codes of MQTT 3.1.1 and 5 for an unsupported version. */
const versionRefusals = new Set([1, 0x84]);
const noMatchingSubscribers = 0x10;
const connectTimeoutMs = 10_000;

const isVersionRefusal = ({ cause }: Error): boolean =>
  cause instanceof Error && 'code' in cause && versionRefusals.has(Number(cause.code));

/** Without a version: MQTT 5, or 3.1.1 where the broker refuses it. */
export function mqttTransport({ version, ...options }: MqttOptions): Transport {
  let known = version;
  async function connect(tried: MqttVersion): Promise<MqttConnection> {
    const connection = await MqttConnection.open({ ...options, version: tried });
    known = tried;
    return connection;
  }
  async function negotiate(): Promise<MqttConnection> {
    try {
      return await connect(5);
    } catch (error) {
      if (error instanceof Error && isVersionRefusal(error)) return connect(4);
      throw error;
    }
  }
  return new JsonRpcTransport(() => (known ? connect(known) : negotiate()));
}

class MqttConnection extends JsonRpcConnection {
  readonly #withoutSubscriber = new Set<number | undefined>();

  private constructor(
    private readonly client: MqttClient,
    private readonly clientId: string,
    private readonly settings: Settings,
  ) {
    super();
    client.on('message', (_topic, payload, packet) => this.#receive(payload, packet));
    client.on('packetreceive', (packet) => this.#note(packet));
    client.once('close', () => this.end(unavailable('The connection to the broker was lost before the reply')));
  }

  static async open(settings: Settings): Promise<MqttConnection> {
    const clientId = `client-${crypto.randomUUID()}`;
    const client = await connected(settings.url, { clientId, protocolVersion: settings.version });
    const connection = new MqttConnection(client, clientId, settings);
    try {
      await client.subscribeAsync(connection.#replyTo, { qos: 1 });
      return connection;
    } catch (cause) {
      await connection.close();
      throw unavailable('The broker refuses the topic for replies', cause);
    }
  }

  override async request(call: OutgoingCall): Promise<JsonRpcReply> {
    if (!this.client.connected) throw unavailable('The connection to the broker was lost');
    const id = this.nextId();
    const { topicPrefix, version } = this.settings;
    const { payload, options } = requestWriters[version](call, id, this.#replyTo);
    const reply = this.reply(id, payload.length, call.signal);
    const topic = withSender(`${topicPrefix}/${call.operation.wire.mqtt}`, this.clientId);
    this.client.publish(topic, payload, options, (error, packet) => {
      if (error || this.#hasNoSubscriber(packet)) this.reject(id, unavailable('Nobody takes this request', error));
    });
    return reply;
  }

  get #replyTo(): string {
    return `${this.settings.topicPrefix}/clients/${this.clientId}/replies`;
  }

  override async close(): Promise<void> {
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
    const reply: JsonRpcReply | undefined = parseObject(payload.toString());
    const id = properties?.correlationData?.toString() ?? reply?.correlation_id;
    if (reply && id !== undefined) this.resolve(id, reply);
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
