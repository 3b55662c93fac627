import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { IClientOptions, MqttClient } from 'mqtt';
import { type Broker, closeTimeout, type OutgoingReply, type Peer, type Receive } from './broker.js';
import { withoutDelay } from './without-delay.js';

export interface RemoteBrokerOptions {
  /** `mqtt://user:password@host:1883`; `mqtts:`, `ws:` and `wss:` as well. */
  readonly url: string;
  readonly topicPrefix: string;
  readonly packetBytes: number;
}

const connectTimeoutMs = 5_000;
const shortestPauseMs = 250;
const longestPauseMs = 15_000;
const refusedFrom = 128;
/** Mosquitto does not count the first byte of a packet; mqtt.js does, and would close the connection. */
const uncountedBytes = 1;
/** Maximum of a reply, without topic, correlation data and payload. */
const headerBytes = 16;
const notConnectedYet = 'not connected yet';

/** MQTT 5. Instances share the requests. */
export class RemoteBroker implements Broker {
  readonly address: string;
  readonly #logger = new Logger('MQTT');
  readonly #topic: string;
  #client: MqttClient | undefined;
  #paused = false;
  /** Undefined while requests arrive. */
  #notReady: string | undefined = notConnectedYet;

  constructor(private readonly options: RemoteBrokerOptions) {
    this.#topic = `$share/${shareGroup(options.url)}/${options.topicPrefix}/rpc/#`;
    this.address = withoutCredentials(options.url);
  }

  /** Resolves after the first attempt, successful or not: the process runs without its broker too. */
  async listen(receive: Receive): Promise<void> {
    // most processes do not need it
    const { connect } = await import('mqtt');
    const { url, packetBytes } = this.options;
    const client = connect(url, this.#clientOptions());
    const peer = new RemotePeer(client);
    client.handleMessage = (message, taken) => receive(message, peer, () => taken());
    this.#client = client;
    return new Promise((resolve) => {
      client.on('connect', ({ properties }) => {
        peer.maxPacketBytes = properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
        limitPackets(client, packetBytes + uncountedBytes);
        void this.#subscribe(client).then(resolve);
      });
      client.on('error', (error) => this.#failed(error.message || String(error)));
      client.on('close', () => {
        this.#lost();
        resolve();
      });
      client.on('reconnect', () => {
        client.options.reconnectPeriod = nextPause(client.options.reconnectPeriod);
        limitPackets(client, packetBytes);
      });
    });
  }

  async ready(): Promise<void> {
    if (this.#notReady !== undefined) throw new Error(`MQTT broker ${this.address}: ${this.#notReady}`);
  }

  async pause(): Promise<void> {
    this.#paused = true;
    this.#notReady = 'requests are paused';
    if (!this.#client?.connected) return;
    await Promise.race([this.#client.unsubscribeAsync(this.#topic).catch(() => undefined), closeTimeout()]);
  }

  async close(): Promise<void> {
    const client = this.#client;
    if (!client) return;
    // waits until the last replies are acknowledged
    await Promise.race([client.endAsync(!client.connected), closeTimeout()]);
    client.stream.destroy();
  }

  #clientOptions(): IClientOptions {
    return {
      protocolVersion: 5,
      clientId: `${this.options.topicPrefix}-server-${crypto.randomUUID()}`,
      clean: true,
      keepalive: 30,
      connectTimeout: connectTimeoutMs,
      reconnectPeriod: shortestPauseMs,
      reconnectOnConnackError: true,
      resubscribe: false,
      queueQoSZero: false,
      properties: { sessionExpiryInterval: 0, maximumPacketSize: this.options.packetBytes },
    };
  }

  async #subscribe(client: MqttClient): Promise<void> {
    withoutDelay(client);
    client.options.reconnectPeriod = shortestPauseMs;
    if (this.#paused) return;
    try {
      // rap: keeps the retain flag of requests; rh: no retained messages
      const [grant] = await client.subscribeAsync(this.#topic, { qos: 1, rap: true, rh: 2 });
      if (!grant || grant.qos >= refusedFrom)
        throw new Error(`the subscription to ${this.options.topicPrefix}/rpc/# was refused`);
      this.#notReady = undefined;
      this.#logger.log(`Requests come from ${this.address}`);
    } catch (error) {
      this.#failed(String(error));
    }
  }

  #lost(): void {
    const isNews = this.#notReady === undefined || this.#notReady === notConnectedYet;
    if (isNews) this.#failed('the connection was lost');
  }

  #failed(reason: string): void {
    if (reason !== this.#notReady) this.#logger.warn(`MQTT broker ${this.address}: ${reason}`);
    this.#notReady = reason;
  }
}

class RemotePeer implements Peer {
  maxPacketBytes = Number.POSITIVE_INFINITY;

  constructor(private readonly client: MqttClient) {}

  admit(): undefined {}

  /** Does not wait for the acknowledgement: while requests are paused, mqtt.js reads none. */
  send({ topic, payload, qos, correlationData }: OutgoingReply): boolean {
    const bytes = Buffer.byteLength(payload) + Buffer.byteLength(topic) + (correlationData?.length ?? 0) + headerBytes;
    if (bytes > this.maxPacketBytes) return false;
    this.client.publish(topic, payload, correlationData ? { qos, properties: { correlationData } } : { qos });
    return true;
  }
}

/** The limit is sent to the broker in CONNECT. */
function limitPackets({ options }: MqttClient, bytes: number): void {
  if (options.properties) options.properties.maximumPacketSize = bytes;
}

/** Must not be guessable: Mosquitto lets anyone join a shared subscription, and drops messages they may not read. */
function shareGroup(url: string): string {
  const { password } = new URL(url);
  return password === '' ? 'mstv' : `mstv-${createHash('sha256').update(password).digest('base64url').slice(0, 22)}`;
}

const nextPause = (pause = shortestPauseMs): number =>
  Math.min(longestPauseMs, Math.ceil(pause * (1.5 + Math.random())));

function withoutCredentials(url: string): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.href;
}
