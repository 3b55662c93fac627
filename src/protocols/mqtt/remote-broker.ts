import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { IClientOptions, IPublishPacket, ISubscriptionGrant, MqttClient } from 'mqtt';
import { Broker, type OutgoingReply, Peer, type Receiver } from './broker.js';

export interface RemoteBrokerOptions {
  /** `mqtt://user:password@host:1883`; `mqtts:`, `ws:` and `wss:` as well. */
  readonly url: string;
  readonly topicPrefix: string;
  /** Bytes; the broker drops longer ones. */
  readonly packetBytes: number;
}

const connectTimeoutMs = 5_000;
const shortestPauseMs = 250;
const longestPauseMs = 15_000;
const farewellMs = 1_000;
const refusedFrom = 128;
/** Mosquitto leaves the first byte of a packet out of its count, and mqtt.js would end the connection over it. */
const uncountedBytes = 1;
/** At most: what a reply has beside its topic, its correlation data and its payload. */
const headerBytes = 16;
const notConnectedYet = 'not connected yet';

/** A broker elsewhere that speaks MQTT 5, found again whenever it was lost. Requests are shared with other instances. */
export class RemoteBroker extends Broker {
  readonly address: string;
  readonly #logger = new Logger('MQTT');
  readonly #topic: string;
  #client: MqttClient | undefined;
  #subscribed = false;
  #paused = false;
  #trouble = notConnectedYet;

  constructor(private readonly options: RemoteBrokerOptions) {
    super();
    this.#topic = `$share/${shareGroup(options.url)}/${options.topicPrefix}/rpc/#`;
    this.address = withoutCredentials(options.url);
  }

  /** Resolves when the first attempt has ended, well or not: the process lives on without its broker. */
  async listen(receiver: Receiver): Promise<void> {
    // here, because most processes have no use for it and it takes a while to load
    const { connect } = await import('mqtt');
    const { url, packetBytes } = this.options;
    const client = connect(url, this.#clientOptions());
    const peer = new RemotePeer(client);
    client.handleMessage = ({ topic, payload, retain, properties }, taken) => {
      const started = receiver.receive({ topic, payload: asBuffer(payload), retain, properties }, peer);
      if (started) void started.then(() => taken());
      else taken();
    };
    this.#client = client;
    return new Promise((resolve) => {
      client.on('connect', ({ properties }) => {
        peer.maxPacketBytes = properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
        limitPackets(client, packetBytes + uncountedBytes);
        void this.#subscribe(client).then(resolve);
      });
      client.on('error', (error) => this.#troubled(error.message || String(error)));
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
    if (!this.#subscribed) throw new Error(`MQTT broker ${this.address}: ${this.#trouble}`);
  }

  async pause(): Promise<void> {
    this.#paused = true;
    this.#subscribed = false;
    if (!this.#client?.connected) return;
    await Promise.race([this.#client.unsubscribeAsync(this.#topic).catch(() => undefined), patience()]);
  }

  async close(): Promise<void> {
    const client = this.#client;
    if (!client) return;
    // waits for the acknowledgements of the last replies
    await Promise.race([client.endAsync(!client.connected), patience()]);
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
      // retain as published: how a request with the flag is told from others; no retained ones of the past
      const [grant] = await client.subscribeAsync(this.#topic, { qos: 1, rap: true, rh: 2 });
      if (!grant || isRefused(grant))
        throw new Error(`the subscription to ${this.options.topicPrefix}/rpc/# was refused`);
      this.#subscribed = true;
      this.#trouble = '';
      this.#logger.log(`Requests come from ${this.address}`);
    } catch (error) {
      this.#troubled(String(error));
    }
  }

  #lost(): void {
    if (this.#subscribed || this.#trouble === notConnectedYet) this.#troubled('the connection was lost');
    this.#subscribed = false;
  }

  /** One line for an outage, however many attempts it takes. */
  #troubled(trouble: string): void {
    if (trouble !== this.#trouble) this.#logger.warn(`MQTT broker ${this.address}: ${trouble}`);
    this.#trouble = trouble;
  }
}

class RemotePeer extends Peer {
  readonly address = undefined;
  readonly clientId = undefined;
  /** The broker closes the connection of a longer one. */
  maxPacketBytes = Number.POSITIVE_INFINITY;

  constructor(private readonly client: MqttClient) {
    super();
  }

  /** The broker's matter. */
  admit(): undefined {}

  /** Nobody waits for the acknowledgement: while requests are held back, none is read. */
  send({ topic, payload, qos, correlationData }: OutgoingReply): boolean {
    const bytes = Buffer.byteLength(payload) + Buffer.byteLength(topic) + (correlationData?.length ?? 0) + headerBytes;
    if (bytes > this.maxPacketBytes) return false;
    this.client.publish(topic, payload, correlationData ? { qos, properties: { correlationData } } : { qos });
    return true;
  }
}

/** Of those that come in; CONNECT tells the broker. */
function limitPackets({ options }: MqttClient, bytes: number): void {
  if (options.properties) options.properties.maximumPacketSize = bytes;
}

/**
 * Mosquitto lets everyone join a shared subscription and takes what it may not deliver there for delivered. So its name
 * cannot be guessed where there is a password that only the services know.
 */
function shareGroup(url: string): string {
  const { password } = new URL(url);
  return password === '' ? 'mstv' : `mstv-${createHash('sha256').update(password).digest('base64url').slice(0, 22)}`;
}

const nextPause = (pause = shortestPauseMs): number =>
  Math.min(longestPauseMs, Math.ceil(pause * (1.5 + Math.random())));

const patience = (): Promise<void> => after(farewellMs, undefined, { ref: false });

const isRefused = ({ qos }: ISubscriptionGrant): boolean => qos >= refusedFrom;

const asBuffer = (payload: IPublishPacket['payload']): Buffer =>
  typeof payload === 'string' ? Buffer.from(payload) : payload;

/** Small messages there and back would wait 40 ms for each other. */
function withoutDelay({ stream }: MqttClient): void {
  if ('setNoDelay' in stream) (stream as Socket).setNoDelay(true);
}

function withoutCredentials(url: string): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.href;
}
