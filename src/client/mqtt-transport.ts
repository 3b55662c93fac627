import { outputOf } from './json-rpc.js';
import { isVersionRefusal, MqttConnection } from './mqtt-connection.js';
import type { MqttVersion } from './mqtt-messages.js';
import type { OutgoingCall, Transport } from './transport.js';

export interface MqttTransportOptions {
  /** `mqtt://127.0.0.1:1883`; name and password of the broker in it, where it wants them. */
  readonly url: string;
  readonly topicPrefix: string;
  /** 5, and 3.1.1 where the broker refuses that, when absent. */
  readonly version?: MqttVersion | undefined;
}

/** Requests and replies over an MQTT broker. */
export class MqttTransport implements Transport {
  #opening: Promise<MqttConnection> | undefined;
  #version: MqttVersion | undefined;

  constructor(private readonly options: MqttTransportOptions) {
    this.#version = options.version;
  }

  async send(call: OutgoingCall): Promise<unknown> {
    const connection = await this.#connection();
    return outputOf(call.operation, await connection.request(call));
  }

  async close(): Promise<void> {
    const connection = await this.#opening?.catch(() => undefined);
    await connection?.close();
  }

  #connection(): Promise<MqttConnection> {
    if (this.#opening) return this.#opening;
    const opening = this.#open();
    const forget = () => {
      if (this.#opening === opening) this.#opening = undefined;
    };
    opening.then(({ closed }) => closed.then(forget), forget);
    this.#opening = opening;
    return opening;
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
