import { outputOf } from './json-rpc.js';
import { LazyConnection } from './lazy-connection.js';
import { isVersionRefusal, MqttConnection } from './mqtt-connection.js';
import type { MqttVersion } from './mqtt-messages.js';
import type { OutgoingCall, Transport } from './transport.js';

export interface MqttTransportOptions {
  readonly url: string;
  readonly topicPrefix: string;
  readonly version?: MqttVersion | undefined;
}

export class MqttTransport implements Transport {
  readonly #connection = new LazyConnection<MqttConnection>();
  #version: MqttVersion | undefined;

  constructor(private readonly options: MqttTransportOptions) {
    this.#version = options.version;
  }

  async send(call: OutgoingCall): Promise<unknown> {
    const connection = await this.#connection.get(() => this.#open());
    return outputOf(call.operation, await connection.request(call));
  }

  async close(): Promise<void> {
    await (await this.#connection.take())?.close();
  }

  async #open(): Promise<MqttConnection> {
    if (this.#version) return this.#connect(this.#version);
    try {
      return await this.#connect(5);
    } catch (error) {
      if (error instanceof Error && isVersionRefusal(error)) return this.#connect(4);
      throw error;
    }
  }

  async #connect(version: MqttVersion): Promise<MqttConnection> {
    const { url, topicPrefix } = this.options;
    const connection = await MqttConnection.open(url, { topicPrefix, version });
    this.#version = version;
    return connection;
  }
}
