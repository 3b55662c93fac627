import { connectAsync, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';

export interface MqttAnswer {
  readonly correlation_id?: string | number;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data: Record<string, unknown> };
}

export interface CallFields {
  readonly authorization?: string;
  readonly traceparent?: string;
  readonly timeout_ms?: number;
  readonly idempotency_key?: string;
  readonly request_id?: string;
}

interface Received {
  readonly answer: MqttAnswer;
  readonly packet: IPublishPacket;
}

/** A client down to the packets: the conventions of MQTT 5 or 3.1.1, by its protocol version. */
export class MqttCaller {
  readonly #waiting = new Map<string, (received: Received) => void>();
  readonly #uncorrelated: ((received: Received) => void)[] = [];
  /** Everything that arrived. */
  readonly received: Received[] = [];
  /** Whether its requests end in its client id, as the access rules of deploy/mosquitto want them. */
  namesItself = false;
  #calls = 0;

  private constructor(
    readonly client: MqttClient,
    readonly prefix: string,
  ) {
    client.on('message', (_topic, payload, packet) => this.#receive(payload, packet));
  }

  static async connect(url: string, prefix: string, options: IClientOptions = {}): Promise<MqttCaller> {
    const clientId = `caller-${crypto.randomUUID()}`;
    const client = await connectAsync(url, { clientId, reconnectPeriod: 0, ...options });
    const { stream } = client;
    if ('setNoDelay' in stream && typeof stream.setNoDelay === 'function') stream.setNoDelay(true);
    const caller = new MqttCaller(client, prefix);
    await client.subscribeAsync(`${prefix}/clients/${caller.id}/#`, { qos: 1 });
    return caller;
  }

  get id(): string {
    return String(this.client.options.clientId);
  }

  get replyTopic(): string {
    return `${this.prefix}/clients/${this.id}/replies`;
  }

  async call(name: string, params: unknown, fields: CallFields = {}): Promise<MqttAnswer> {
    return (await this.exchange(name, params, fields)).answer;
  }

  exchange(name: string, params: unknown, fields: CallFields = {}): Promise<Received> {
    const correlation = `c-${++this.#calls}`;
    const received = new Promise<Received>((resolve) => {
      this.#waiting.set(correlation, resolve);
    });
    if (this.client.options.protocolVersion === 5) this.#send5(name, JSON.stringify(params), correlation, fields);
    else this.#send4(name, { reply_to: this.replyTopic, correlation_id: correlation, ...fields, params });
    return received;
  }

  /** An MQTT 5 request with any bytes as its payload; resolves with the next answer. */
  raw5(name: string, payload: string | Buffer): Promise<MqttAnswer> {
    const next = this.next();
    this.#send5(name, payload, undefined, {});
    return next;
  }

  /** The next answer without a correlation of ours. */
  next(): Promise<MqttAnswer> {
    return new Promise((resolve) => {
      this.#uncorrelated.push(({ answer }) => resolve(answer));
    });
  }

  /** The text of what arrives next. */
  nextPayload(): Promise<string> {
    return new Promise((resolve) => {
      this.client.once('message', (_topic, payload) => resolve(payload.toString()));
    });
  }

  publish(
    name: string,
    payload: string | Buffer,
    options: { qos?: 0 | 1 | 2; retain?: boolean } = {},
  ): Promise<unknown> {
    return this.client.publishAsync(this.#topicOf(name), payload, { qos: 1, ...options });
  }

  /** Resolves when the connection is closed, by whomever. */
  gone(): Promise<void> {
    return new Promise((resolve) => {
      this.client.on('error', () => undefined).once('close', resolve);
    });
  }

  end(): Promise<void> {
    return this.client.endAsync(true);
  }

  #topicOf(name: string): string {
    return `${this.prefix}/rpc/${name}${this.namesItself ? `/from/${this.id}` : ''}`;
  }

  #send5(name: string, payload: string | Buffer, correlation: string | undefined, fields: CallFields): void {
    const userProperties = Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [key.replaceAll('_', '-'), String(value)]),
    );
    const correlationData = correlation === undefined ? undefined : Buffer.from(correlation);
    this.client.publish(this.#topicOf(name), payload, {
      qos: 1,
      properties: {
        responseTopic: this.replyTopic,
        // mqtt.js writes an empty one in a way that Mosquitto never answers
        ...(Object.keys(userProperties).length > 0 && { userProperties }),
        ...(correlationData && { correlationData }),
      },
    });
  }

  #send4(name: string, envelope: object): void {
    this.client.publish(this.#topicOf(name), JSON.stringify(envelope), { qos: 1 });
  }

  #receive(payload: Buffer, packet: IPublishPacket): void {
    const answer = JSON.parse(payload.toString()) as MqttAnswer;
    const received = { answer, packet };
    this.received.push(received);
    const correlation = packet.properties?.correlationData?.toString() ?? String(answer.correlation_id);
    const waiting = this.#waiting.get(correlation) ?? this.#uncorrelated.shift();
    this.#waiting.delete(correlation);
    waiting?.(received);
  }
}
